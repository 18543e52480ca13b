"""The studio's pages over real records, real files and real git."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.nlu.editing import Author, EditConflict
from ivr.nlu.releasing import ReleaseRefused
from ivr.nlu.studio.release_room import in_designers_words
from ivr.roles import Role
from ivr.web.staff.sessions import new_link
from tests.support.desk_scene import Visitor
from tests.support.studio_scene import ORDERS, RETURNS, StudioScene

LAMP = "my lamp came broken I want rid of it"


@pytest.fixture
def scene(tmp_path: Path) -> StudioScene:
    found = StudioScene(tmp_path)
    found.some_calls()
    return found


def does(visitor: Visitor, path: str, **fields: object) -> str:
    """Post a form of the page and return what the next page says."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', visitor.sees("/studio").text)
    assert csrf
    answer = visitor.client.post(
        path, data={"csrf": csrf[1], **fields}, base_url="https://bot.example", follow_redirects=True
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def key_of(page: str, words: str) -> str:
    """Return the key of the item with these words."""
    for item in page.split("data-item")[1:]:
        if words in item:
            found = re.search(r'name="key" value="([^"]+)"', item)
            assert found
            return found[1]
    raise AssertionError(f"{words!r} is not in the inbox")


def notice(page: str) -> str:
    found = re.search(r'<p class="notice[^>]*>([^<]*)</p>', page)
    return found[1] if found else ""


def test_only_designers_come_in(scene: StudioScene) -> None:
    visitor = Visitor(scene.app.test_client())
    assert visitor.sees("/studio").status_code == 303
    link = new_link(scene.services.settings, scene.clock.now(), Role.ANALYST)
    visitor.signs_in(link.removeprefix(scene.services.settings.public_url), "Ada")
    assert visitor.sees("/studio").status_code == 403


def test_the_inbox_begins_with_what_teaches_most_and_leaves_out_what_was_understood(
    scene: StudioScene,
) -> None:
    page = scene.designer().sees("/studio").text
    said = re.findall(r'<h2 id="said-[^>]*>“([^”]*)”', page)
    assert said[0] == "is it in the post"  # the agent said it was another matter
    assert said[1] == "My lamp came broken, I want rid of it."
    assert "2 times" in page
    assert "where is my order" not in said


def test_a_call_is_heard_only_where_its_caller_agreed_to_training_and_that_is_on_record(
    scene: StudioScene,
) -> None:
    scene.recordings.calls |= {"CA4": "training", "CA3": "quality"}
    visitor = scene.designer()
    page = visitor.sees("/studio").text
    assert "/studio/inbox/sound/CA4" in page
    assert "/studio/inbox/sound/CA3" not in page
    assert visitor.sees("/studio/inbox/sound/CA4").data == b"RIFFRE-CA4"
    assert visitor.sees("/studio/inbox/sound/CA3").status_code == 404
    assert scene.listened == [("RE-CA4", "CA4", "Doris", "listened")]


def test_a_label_changes_the_file_keeps_its_comments_and_names_the_designer(scene: StudioScene) -> None:
    doris = scene.designer("Doris Ek")
    key = key_of(doris.sees("/studio").text, "lamp came broken")
    page = does(
        doris,
        "/studio/inbox/label",
        key=key,
        language="en",
        sentence=[LAMP, ""],
        intent=["", ""],
        likely="return_item",
    )
    assert notice(page) == "Added to return item."
    assert scene.file("nlu/en/returns.yml") == RETURNS + f"    - {LAMP}\n"
    assert scene.git("log", "-1", "--format=%an <%ae> %s") == (
        "Doris Ek <doris.ek@studio.invalid> Add a sentence to return_item, en"
    )
    assert "lamp came broken" not in page
    assert "is in the inbox again" in notice(does(doris, "/studio/inbox/undo"))
    assert scene.file("nlu/en/returns.yml") == RETURNS
    assert "lamp came broken" in doris.sees("/studio").text


def test_one_utterance_becomes_two_sentences(scene: StudioScene) -> None:
    doris = scene.designer()
    key = key_of(doris.sees("/studio").text, "and I want to send a lamp back")
    parts = ["where is my order then", "I want to send a lamp back"]
    does(
        doris,
        "/studio/inbox/label",
        key=key,
        language="en",
        sentence=parts,
        intent=["order_status", "return_item"],
    )
    assert parts[0] in scene.file("nlu/en/orders.yml")
    assert parts[1] in scene.file("nlu/en/returns.yml")


def test_a_sentence_that_teaches_another_intent_is_refused_and_stays_in_the_inbox(
    scene: StudioScene,
) -> None:
    doris = scene.designer()
    key = key_of(doris.sees("/studio").text, "and I want to send a lamp back")
    page = does(
        doris,
        "/studio/inbox/label",
        key=key,
        language="en",
        sentence=["a lamp goes back", "where is my order"],
        intent=["return_item", "return_item"],
    )
    assert "teaches order_status already (orders.yml, line 5)" in notice(page)
    assert (scene.file("nlu/en/orders.yml"), scene.file("nlu/en/returns.yml")) == (ORDERS, RETURNS)
    assert "and I want to send a lamp back" in page


def test_a_gap_where_a_name_was_wants_filling(scene: StudioScene) -> None:
    scene.said("CA7", "I am [name] and my thing is broken", "nlu_fallback", 0.2, "no_match")
    doris = scene.designer()
    key = key_of(doris.sees("/studio").text, "I am [name]")
    said = "I am [name] and my thing is broken"
    page = does(doris, "/studio/inbox/label", key=key, language="en", sentence=said, intent="return_item")
    assert "Write a made-up name in place of [name]" in notice(page)


def test_two_designers_with_the_same_words(scene: StudioScene) -> None:
    doris, bo = scene.designer("Doris"), scene.designer("Bo")
    key = key_of(bo.sees("/studio").text, "lamp came broken")
    does(doris, "/studio/inbox/label", key=key, language="en", sentence=LAMP, intent="return_item")
    page = does(bo, "/studio/inbox/label", key=key, language="en", sentence=LAMP, intent="order_status")
    assert "Doris added them. Nothing was changed" in notice(page)
    assert scene.file("nlu/en/orders.yml") == ORDERS


def test_what_somebody_writes_by_hand_meanwhile_stays(scene: StudioScene) -> None:
    doris = scene.designer()
    file = scene.nlu_data / "nlu/en/returns.yml"
    file.write_text(RETURNS + "    - typed by hand\n", encoding="utf-8")
    does(doris, "/studio/intents/return_item/add", language="en", sentences="one more\nand another")
    assert (
        file.read_text(encoding="utf-8")
        == RETURNS + "    - typed by hand\n    - one more\n    - and another\n"
    )


def test_a_change_that_never_ends_is_told_and_nothing_is_overwritten(
    scene: StudioScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(*_: object) -> None:
        raise EditConflict("returns.yml was changed by somebody else since you opened it")

    monkeypatch.setattr("ivr.nlu.studio.sentences.add_examples", conflict)
    page = does(scene.designer(), "/studio/intents/return_item/add", language="en", sentences="one more")
    assert "changed by somebody else" in notice(page)
    assert scene.file("nlu/en/returns.yml") == RETURNS


def test_a_file_of_five_megabytes_and_one_with_tabs_are_named_and_the_rest_works(scene: StudioScene) -> None:
    (scene.nlu_data / "nlu/en/huge.yml").write_text("# x\n" * 1_250_000, encoding="utf-8")
    (scene.nlu_data / "nlu/en/tabs.yml").write_text("nlu:\n\t- intent: a\n", encoding="utf-8")
    doris = scene.designer()
    page = doris.sees("/studio/intents").text
    assert "en/huge.yml" in page
    assert "en/tabs.yml</b>, line 2" in page
    assert "return item" in page
    does(doris, "/studio/intents/return_item/add", language="en", sentences="one more")
    assert "one more" in scene.file("nlu/en/returns.yml")


def test_a_body_of_five_megabytes_is_refused_in_words(scene: StudioScene) -> None:
    doris = scene.designer()
    answer = doris.posts("/studio/try", csrf="x", text="x" * 5_000_000)
    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_a_try_says_what_the_bot_would_do_and_becomes_a_test(scene: StudioScene) -> None:
    doris = scene.designer()
    page = does(doris, "/studio/try", language="en", text="Where is my order")
    assert "What is your order number?" in page
    assert "then waits for: order number" in page
    assert "97.0 %" in page
    assert "Most like: “where is my order” (order status, 100 of 100)" in page
    said = notice(does(doris, "/studio/try/test", name="asks for an order"))
    assert said == "Written to tests/from_studio.yml: “asks for an order”. ".strip()
    assert scene.file("tests/from_studio.yml").endswith(
        "conversations:\n"
        "- name: asks for an order\n"
        "  language: en\n"
        "  turns:\n"
        "  - caller: Where is my order\n"
        "    bot:\n"
        "    - utter_ask_order_number\n"
        "    asks: order_number\n"
    )
    assert "called “asks for an order” already" in notice(
        does(doris, "/studio/try/test", name="asks for an order")
    )


def test_trying_ends_before_anything_is_changed(scene: StudioScene) -> None:
    scene.bot.step = "confirmation"
    doris = scene.designer()
    assert "trying ends here" in does(doris, "/studio/try", language="en", text="where is my order")
    assert "the next yes would change something" in notice(
        does(doris, "/studio/try", language="en", text="yes")
    )


def test_a_preview_tells_whose_answers_change_and_a_release_makes_it_live(scene: StudioScene) -> None:
    doris = scene.designer()
    does(doris, "/studio/intents/return_item/add", language="en", sentences="one more")
    page = doris.sees("/studio/release").text
    assert "<b>+1</b> sentence in" in page
    does(doris, "/studio/release/prepare")
    scene.finish_job()
    page = doris.sees("/studio/release").text
    assert '“can you send it again”</span> <span class="soft">unclear → order status' in page
    assert "All 1 go as written" in page
    assert '<button class="small strong">Release 20260102-000000-bbbbbb</button>' in page
    does(doris, "/studio/release/release", version="20260102-000000-bbbbbb")
    scene.finish_job()
    assert scene.store.live_version() == "20260102-000000-bbbbbb"
    does(doris, "/studio/release/rollback")
    scene.finish_job()
    assert scene.store.live_version() == "20260101-000000-aaaaaa"


def test_a_release_that_would_be_refused_cannot_be_pressed(scene: StudioScene) -> None:
    scene.bot.step = "postcode"  # the test conversation wants the order number to be asked for
    doris = scene.designer()
    does(doris, "/studio/release/prepare")
    scene.finish_job()
    page = doris.sees("/studio/release").text
    assert "until these go as written" in page
    assert '<button class="small strong" disabled>Release 20260102-000000-bbbbbb</button>' in page


def test_a_model_that_does_not_load_is_told_and_the_old_one_stays(scene: StudioScene) -> None:
    scene.broken_models.add("20260102-000000-bbbbbb")
    doris = scene.designer()
    does(doris, "/studio/release/prepare")
    scene.finish_job()
    assert "the file ends too early" in doris.sees("/studio/release").text
    scene.releases.refusal = ReleaseRefused("it does not start. 20260101-000000-aaaaaa stays live.")
    does(doris, "/studio/release/release", version="20260102-000000-bbbbbb")
    scene.finish_job()
    assert "20260101-000000-aaaaaa stays live" in doris.sees("/studio/release").text
    assert scene.store.live_version() == "20260101-000000-aaaaaa"


def test_progress_is_told_in_designers_words() -> None:
    said: list[str] = []
    for line in (
        "Checking",
        "Starting to train A",
        "Finished training A",
        "Starting to train B",
        "Measuring",
    ):
        said += filter(None, [in_designers_words(line, said)])
    assert said == ["Checking", "Learning the sentences", "Measuring"]


def test_a_job_that_breaks_says_so_and_leaves_room_for_the_next(scene: StudioScene) -> None:
    def broken(_: str) -> str:
        raise ReleaseRefused("nothing is trained until this is right:\nreturns.yml, line 3: a tab")

    scene.trained = broken
    doris = scene.designer()
    does(doris, "/studio/release/prepare")
    scene.finish_job()
    assert "returns.yml, line 3: a tab" in doris.sees("/studio/release").text


def test_designers_who_save_at_once_all_get_their_commit(scene: StudioScene) -> None:
    names = [f"Designer {number}" for number in range(6)]
    sentences = scene.studio.sentences

    def save(name: str) -> str:
        author = Author(name, "someone@example.com")
        return sentences.add("en", "return_item", [f"take it back says {name}"], author).warning

    with ThreadPoolExecutor(6) as at_once:
        assert set(at_once.map(save, names)) == {""}
    log = scene.git("log", f"-{len(names)}", "--format=%an", "--numstat", "--", "nlu/en/returns.yml")
    assert {name for name in names if name in log} == set(names)
    assert log.count("1\t0\tnlu/en/returns.yml") == len(names)


def test_a_git_that_is_busy_is_waited_for(scene: StudioScene) -> None:
    lock = scene.nlu_data / ".git" / "index.lock"
    lock.touch()
    timer = threading.Timer(0.5, lock.unlink)
    timer.start()
    written = scene.studio.sentences.add("en", "return_item", ["one more"], Author("Doris", "d@example.com"))
    timer.join()
    assert written.warning == ""


def test_without_git_the_files_change_all_the_same(tmp_path: Path) -> None:
    scene = StudioScene(tmp_path, is_in_git=False)
    doris = scene.designer()
    page = does(doris, "/studio/intents/return_item/add", language="en", sentences="one more")
    assert notice(page) == "1 added."
    assert "one more" in scene.file("nlu/en/returns.yml")
    assert "This cannot be told" in doris.sees("/studio/release").text


def test_a_file_in_place_of_a_version_is_no_version(scene: StudioScene) -> None:
    page = does(scene.designer(), "/studio/release/release", version="../rasa/20260101-000000-aaaaaa")
    assert "no version begins with" in notice(page)
    assert scene.studio.releases.job is None
