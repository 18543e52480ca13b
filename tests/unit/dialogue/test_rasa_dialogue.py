"""The Rasa adapter sends plain words, and takes anything odd that comes back for a failure."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ivr.dialogue.dialogue import DialogueUnavailable, Keyed, Spoken, Verdict
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.wording import Wording

WORDING = Wording({"en": {"utter_opening_hours": "Nine to six.", "utter_ask": "The number?"}}, "Nordlys")
Answer = tuple[int, bytes]


class OddRasa:
    """Stands where Rasa does; answers each path as told and remembers what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.turn: Callable[[], Answer] = self.good_turn
        self.slots: dict[str, Any] = {}
        self.loop: str | None = None

    def good_turn(self) -> Answer:
        said = [body["message"] for path, body in self.sent if path.startswith("/webhooks")][-1]
        events = [
            {
                "event": "user",
                "text": said,
                "parse_data": {"intent": {"name": "opening_hours", "confidence": 0.8}},
            },
            {"event": "bot", "metadata": {"utter_action": "utter_opening_hours"}, "data": {}},
            {"event": "action", "name": "action_listen"},
        ]
        tracker = {"events": events, "slots": self.slots, "active_loop": {"name": self.loop}}
        return 200, json.dumps(tracker).encode()

    def answer(self, path: str, body: Any) -> Answer:
        self.sent.append((path, body))
        return (200, b'{"model_id": "m"}') if path.startswith("/status") else self.turn()


@contextmanager
def serving(odd: OddRasa) -> Iterator[str]:
    class Wire(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, content = odd.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # the caller gave up waiting
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Wire)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def odd() -> OddRasa:
    return OddRasa()


@pytest.fixture
def dialogue(odd: OddRasa) -> Iterator[RasaDialogue]:
    with serving(odd) as url:
        yield RasaDialogue(url, "secret", WORDING, timeout_s=0.3)


def messages(odd: OddRasa) -> list[str]:
    return [body["message"] for path, body in odd.sent if path.startswith("/webhooks")]


def test_words_are_sent_plain_and_answered(odd: OddRasa, dialogue: RasaDialogue) -> None:
    reply = dialogue.reply("CA1", Spoken("When are you OPEN?"), "en")
    assert (reply.verdict, reply.prompts[0].text) == (Verdict.ANSWERED, "Nine to six.")
    assert messages(odd) == ["when are you open"]
    assert [path for path, _ in odd.sent] == ["/webhooks/turns/turn?token=secret"]


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ('/enter_digits{"digits":"471192"}', "enter digits digits 471192"),
        ("/restart", "restart"),
        ("  /order_status", "order status"),
        ("EXTERNAL: hang_up", "external hang up"),
    ],
)
def test_a_caller_cannot_send_commands(odd: OddRasa, dialogue: RasaDialogue, said: str, sent: str) -> None:
    dialogue.reply("CA1", Spoken(said), "en")
    assert messages(odd) == [sent]


def test_keys_are_sent_as_digits_only(odd: OddRasa, dialogue: RasaDialogue) -> None:
    dialogue.reply("CA1", Keyed('47"}1*#' + "9" * 50), "en")
    assert messages(odd) == ['/enter_digits{"digits": "471' + "9" * 29 + '"}']


@pytest.mark.parametrize("heard", [Spoken(""), Spoken(" ?! "), Keyed(""), Keyed("*#")])
def test_nothing_is_not_sent(odd: OddRasa, dialogue: RasaDialogue, heard: Spoken | Keyed) -> None:
    assert dialogue.reply("CA1", heard, "en").verdict is Verdict.NO_MATCH
    assert odd.sent == []


def test_sound_alikes_count_only_while_digits_are_awaited(odd: OddRasa, dialogue: RasaDialogue) -> None:
    dialogue.reply("CA1", Spoken("for seven one one nine to"), "en")
    odd.slots, odd.loop = {"requested_slot": "order_number"}, "matter_form"
    dialogue.reply("CA1", Spoken("hello"), "en")
    dialogue.reply("CA1", Spoken("for seven one one nine to"), "en")
    dialogue.reply("CA2", Spoken("for seven one one nine to"), "en")
    assert messages(odd) == ["for 7119 to", "hello", "471192", "for 7119 to"]


def test_a_number_with_letters_goes_along_with_what_rasa_is_given_for_it(odd: OddRasa) -> None:
    odd.slots, odd.loop = {"requested_slot": "order_number"}, "matter_form"
    with serving(odd) as url:
        lettered = RasaDialogue(
            url, "secret", WORDING, is_order={"AB4711"}.__contains__, order_shape="AA9999"
        )
        lettered.reply("CA1", Spoken("A B 4 7 1 1"), "en")  # nobody asked
        asked = lettered.reply("CA1", Spoken("hello"), "en").expects
        lettered.reply("CA1", Spoken("A as in Alpha, D 4711.", ("AB 4711",)), "en")
        lettered.reply("CA1", Spoken("I don't have it"), "en")
    assert (asked.digits, asked.shape, asked.keys) == (4, "AA9999", 6)
    assert messages(odd)[2:] == ["000000", "i don't have it"]
    codes = [body["metadata"].get("code") for path, body in odd.sent if path.startswith("/webhooks")]
    assert codes[2:] == ["AB4711", None]


def test_a_number_with_letters_is_taken_unasked_when_it_exists_and_keyed_when_it_is_the_only_one(
    odd: OddRasa,
) -> None:
    odd.slots, odd.loop = {"requested_slot": "order_number"}, "matter_form"
    orders = {"AB4711", "KM4711", "LM4711"}
    with serving(odd) as url:
        lettered = RasaDialogue(url, "secret", WORDING, is_order=orders.__contains__, order_shape="AA9999")
        lettered.reply("CA1", Spoken("Where is order A B 4 7 1 1, please?"), "en")
        lettered.reply("CA2", Spoken("Where is order X B 4 7 1 1?"), "en")  # there is none
        lettered.reply("CA3", Spoken("hello"), "en")
        lettered.reply("CA3", Keyed("224711"), "en")
        unclear = lettered.reply("CA3", Keyed("564711"), "en")  # two orders have these keys
    assert messages(odd) == ["where is order 000000 please", "where is order x b 4711", "hello", "000000"]
    codes = [body["metadata"].get("code") for path, body in odd.sent if path.startswith("/webhooks")]
    assert codes == ["AB4711", None, None, "AB4711"]
    assert unclear.verdict is Verdict.NO_MATCH


def test_an_order_that_exists_decides_between_readings(odd: OddRasa) -> None:
    odd.slots, odd.loop = {"requested_slot": "order_number"}, "matter_form"
    with serving(odd) as url:
        dialogue = RasaDialogue(url, "secret", WORDING, is_order={"471192"}.__contains__)
        dialogue.reply("CA1", Spoken("hello"), "en")
        dialogue.reply("CA1", Spoken("4-7-1-9-9-2", ("471 192",)), "en")
    assert messages(odd) == ["hello", "471192"]


@pytest.mark.parametrize("answer", [(500, b"oops"), (404, b"{}"), (302, b""), (200, b""), (200, b"<html>")])
def test_an_odd_answer_is_a_failure(odd: OddRasa, dialogue: RasaDialogue, answer: Answer) -> None:
    odd.turn = lambda: answer
    with pytest.raises(DialogueUnavailable):
        dialogue.reply("CA1", Spoken("hi"), "en")


def test_a_turn_that_broke_in_rasa_is_not_given_twice(odd: OddRasa, dialogue: RasaDialogue) -> None:
    odd.turn = lambda: (500, b"oops")
    with pytest.raises(DialogueUnavailable) as failed:
        dialogue.reply("CA1", Spoken("hi"), "en")
    assert not failed.value.is_retrying_useful


@pytest.mark.parametrize(
    "content", [b"[]", b"{}", b"null", b'{"events": []}', b'"x"', b'{"events": [1], "slots": 2}']
)
def test_a_memory_that_makes_no_sense_is_a_failure(
    odd: OddRasa, dialogue: RasaDialogue, content: bytes
) -> None:
    odd.turn = lambda: (200, content)
    with pytest.raises(DialogueUnavailable) as failed:
        dialogue.reply("CA1", Spoken("hi"), "en")
    assert not failed.value.is_retrying_useful


def test_a_slow_answer_is_a_failure_that_is_not_tried_again(odd: OddRasa, dialogue: RasaDialogue) -> None:
    done = threading.Event()

    def late() -> Answer:
        done.wait(2)
        return 200, b"[]"

    odd.turn = late
    with pytest.raises(DialogueUnavailable) as failed:
        dialogue.reply("CA1", Spoken("hi"), "en")
    done.set()
    assert not failed.value.is_retrying_useful


def test_nobody_there_is_a_failure() -> None:
    dialogue = RasaDialogue("http://127.0.0.1:9", "secret", WORDING, timeout_s=0.3)
    with pytest.raises(DialogueUnavailable) as failed:
        dialogue.reply("CA1", Spoken("hi"), "en")
    assert failed.value.is_retrying_useful
    assert not dialogue.is_ready()


def test_ready_means_that_a_model_is_loaded(odd: OddRasa, dialogue: RasaDialogue) -> None:
    assert dialogue.is_ready()
    odd.answer = lambda path, body: (200, b'{"model_id": ""}')  # type: ignore[method-assign]
    assert not dialogue.is_ready()


def test_a_beginning_is_taken_back_with_the_whole_in_one_request() -> None:
    odd = OddRasa()
    with serving(odd) as url:
        asked = RasaDialogue(url, "secret", WORDING)
        asked.reply("CA1", Spoken("I want to cancel"), "en")
        asked.reply("CA1", Spoken("I want to cancel my order", takes_back=True), "en")
    assert [(body["message"], body["takes_back"]) for _, body in odd.sent] == [
        ("i want to cancel", False),
        ("i want to cancel my order", True),
    ]
