"""What the people responsible, agents and the public see of the promises."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from ivr.nlu.model_store import ModelStore, Step
from ivr.privacy.retention import RecordingStays
from ivr.records.kinds import Kind
from ivr.records.models import calls
from ivr.roles import Role
from ivr.trust.documents import guide
from ivr.trust.history import history
from ivr.trust.measured import Measured, readable
from ivr.web.about.blueprint import texts
from tests.support.desk_scene import Visitor
from tests.support.trust_scene import ROOT, TrustScene


@pytest.fixture
def scene(tmp_path: Path) -> TrustScene:
    return TrustScene(tmp_path)


def page(scene: TrustScene, path: str = "/trust", role: Role = Role.SUPERVISOR) -> str:
    return scene.reader(role, "Erik").sees(path).get_data(as_text=True)


def press(visitor: Visitor, at: str, path: str, **fields: str) -> int:
    """Send a form with the token of the page it stands on; return the status."""
    token = re.search(r'name="csrf" value="([^"]+)"', visitor.sees(at).get_data(as_text=True))
    assert token is not None
    return visitor.posts(path, csrf=token.group(1), **fields).status_code


def test_the_promises_at_a_glance(scene: TrustScene) -> None:
    scene.some_life()
    shown = page(scene)
    for words in ("0<small> of 4", "471200", "2030-04-03", "dispute 17", "Proofs of erasing", "listened"):
        assert words in shown
    assert 'role="alert"' not in shown


def test_an_answered_call_without_evidence_raises_the_alarm(scene: TrustScene) -> None:
    scene.records.open_call("CX", None, None, "en")
    scene.records.append("CX", Kind.TURN_ANSWERED, turn=1, intent="order_status")
    scene.records.close_call("CX", "solved_by_bot")
    assert "1 calls were answered without evidence" in page(scene)


def test_a_sentence_cut_short_is_no_evidence(scene: TrustScene) -> None:
    scene.records.open_call("CX", None, None, "en")
    scene.records.append("CX", Kind.DISCLOSURE_PLAYED, text_version="v", language="en", is_complete=False)
    scene.records.append("CX", Kind.TURN_ANSWERED, turn=1, intent="order_status")
    scene.records.close_call("CX", "solved_by_bot")
    assert scene.trust.share_without(scene.clock.now(), scene.clock.now().replace(year=2031)) == (1, 1)


def test_synthetic_calls_are_no_evidence(scene: TrustScene) -> None:
    scene.call("CA1")
    first, last = scene.clock.now() - timedelta(days=1), scene.clock.now() + timedelta(days=1)
    before = scene.trust.share_without(first, last)
    scene.records.open_call("SYN1", None, None, "en")
    scene.records.append("SYN1", Kind.CALL_STARTED, caller_known=True, is_synthetic=True)
    scene.records.append("SYN1", Kind.TURN_ANSWERED, turn=1, intent="order_status")
    scene.records.close_call("SYN1", "solved_by_bot")
    assert scene.trust.share_without(first, last) == before
    assert [one.call_id for one in scene.trust.evidence(first, last)] == ["CA1"]


def test_evidence_is_exported_for_any_period(scene: TrustScene) -> None:
    scene.some_life()
    answer = scene.reader().sees("/trust/disclosure.csv?from=2030-03-04&to=2030-03-04")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [row["call"] for row in rows] == ["CB1", "CA3", "CA2", "CA1", "CA0"]
    assert {row["evidence"] for row in rows} == {"yes"}
    assert rows[0]["wording_version"] == "v"
    empty = scene.reader().sees("/trust/disclosure.csv?from=2029-01-01&to=2029-01-31")
    assert len(empty.get_data(as_text=True).splitlines()) == 1


def test_a_long_period_is_told_page_by_page(scene: TrustScene) -> None:
    began = scene.clock.now()
    rows = [
        {"call_id": f"CA{number:05}", "language": "en", "started_at": began + timedelta(seconds=number // 2)}
        for number in range(1203)
    ]
    with scene.engine.begin() as connection:
        connection.execute(insert(calls), rows)
    told = scene.trust.evidence(scene.clock.now().replace(year=2029), scene.clock.now().replace(year=2031))
    ids = [one.call_id for one in told]
    assert len(ids) == len(set(ids)) == 1203


@pytest.mark.parametrize(
    "question", ["from=x&to=y", "from=9999-99-99", "from=2031-01-01&to=2030-01-01", "to=0001-01-01"]
)
def test_nonsense_in_the_address_is_taken(scene: TrustScene, question: str) -> None:
    assert scene.reader().sees(f"/trust?{question}").status_code == 200


def test_two_failed_nights_are_told(scene: TrustScene) -> None:
    for _ in range(2):
        scene.clearing.fail_run(scene.clearing.begin_run(), str(RecordingStays("RE1")))
    assert "two nights in a row" in page(scene)


def test_a_request_is_answered_once(scene: TrustScene) -> None:
    scene.privacy.open_request("471200", "CA1", "copy", None)
    eva = scene.reader()
    assert press(eva, "/trust", "/trust/requests/471200/close") == 303
    assert scene.privacy.requests()[0].closed_by == "Eva"
    assert press(eva, "/trust", "/trust/requests/471200/close") == 404


def test_the_register_names_what_runs(scene: TrustScene) -> None:
    shown = page(scene, "/trust/systems")
    for words in (
        "Whisper base",
        "silero-vad",
        "Rasa dialogue model",
        "not on this machine",
        "Speech engineering",
    ):
        assert words in shown


@pytest.mark.parametrize(("name", "words"), [("records", "30 days, words 90 days"), ("dpia", "Whisper base")])
def test_documents_are_filled_in(scene: TrustScene, name: str, words: str) -> None:
    text = page(scene, f"/trust/documents/{name}.md")
    assert words in text
    assert "Nordlys" in text
    assert "{" not in text


def test_an_unknown_document_is_not_there(scene: TrustScene) -> None:
    assert scene.reader().sees("/trust/documents/passwd.md").status_code == 404


def test_an_agent_reads_the_guide_and_nothing_else(scene: TrustScene) -> None:
    erik = scene.reader(Role.AGENT, "Erik")
    assert erik.sees("/trust").status_code == 303
    assert "I have read this" in erik.sees("/trust/guide").get_data(as_text=True)
    for path in ("/trust/systems", "/trust/documents", "/trust/disclosure.csv", "/trust/documents/dpia.md"):
        assert erik.sees(path).status_code == 403


def test_who_has_read_which_version_is_kept(scene: TrustScene) -> None:
    erik = scene.reader(Role.AGENT, "Erik")
    assert press(erik, "/trust/guide", "/trust/guide", version="another") == 409
    for _ in range(2):
        assert press(erik, "/trust/guide", "/trust/guide", version=guide().version) == 303
    assert [(one.person, one.version) for one in scene.trust.readings()] == [("Erik", guide().version)]
    assert "You have read this" in erik.sees("/trust/guide").get_data(as_text=True)
    assert "Erik" in page(scene, "/trust/documents")


def test_the_public_page_needs_no_sign_in_and_speaks_four_languages(scene: TrustScene) -> None:
    visitor = scene.app.test_client()
    for language, words in {
        "en": "not a person",
        "sv": "ingen människa",
        "nb": "ikke et menneske",
        "fi": "ei ihminen",
    }.items():
        shown = visitor.get(f"/about-this-bot/{language}")
        text = shown.get_data(as_text=True)
        assert f'<html lang="{language}">' in text
        assert words in text
        assert "90" in text
        assert "{" not in text
        assert "Set-Cookie" not in shown.headers
    norwegian = visitor.get("/about-this-bot", headers={"Accept-Language": "nn, en;q=0.5"})
    assert '<html lang="nb">' in norwegian.get_data(as_text=True)
    assert visitor.get("/about-this-bot/xx").status_code == 404


def test_each_language_says_the_same_things() -> None:
    shapes = {(len(text["points"]), len(text["privacy"]), *sorted(text)) for text in texts().values()}
    assert len(shapes) == 1


def test_the_public_page_says_what_the_settings_do(scene: TrustScene, tmp_path: Path) -> None:
    plain = scene.app.test_client().get("/about-this-bot/en").get_data(as_text=True)
    assert "Your call is not recorded" in plain
    assert "Nordlys. Call +46850000000 and say" in plain
    assert "outside our house" not in plain
    (tmp_path / "other").mkdir()
    recording = TrustScene(
        tmp_path / "other",
        recording_purposes="training",
        privacy_contact="privacy@example.com",
        rewriter_url="https://words.example.com/v1",
    )
    for language in texts():
        shown = recording.app.test_client().get(f"/about-this-bot/{language}").get_data(as_text=True)
        assert texts()[language]["points"][3][0] not in shown
        assert texts()[language]["recorded"][0] in shown
        assert "privacy@example.com" in shown
        assert texts()[language]["rewritten"] in shown
    told = page(recording, "/trust/documents/records.md")
    assert "https://words.example.com/v1" in told
    assert "stored for 30 days only of callers who said yes" in told


def test_after_a_person_handed_back_the_sentence_must_be_said_again(scene: TrustScene) -> None:
    told = {"text_version": "v", "language": "en", "is_complete": True}
    for call_id, is_said_again in (("CB1", True), ("CB2", False)):
        scene.call(call_id, is_over=False)
        scene.records.append(call_id, "turn_answered", turn=1)
        scene.records.append(call_id, "sent_back", transfer_id="T1", agent="Erik")
        if is_said_again:
            scene.records.append(call_id, "disclosure_played", **told)
        scene.records.append(call_id, "turn_answered", turn=1)
        scene.records.close_call(call_id, "solved_by_bot")
    first, last = scene.clock.now() - timedelta(days=1), scene.clock.now() + timedelta(days=1)
    assert scene.trust.share_without(first, last) == (1, 2)
    found = {one.call_id: one for one in scene.trust.evidence(first, last)}
    assert found["CB1"].is_there
    assert not found["CB2"].is_there
    assert "1 of 1 after a person" in page(scene)


def test_a_recording_is_heard_by_supervisors_only_where_it_was_agreed_to_and_noted(scene: TrustScene) -> None:
    scene.call("CA1")
    scene.call("CA2")
    scene.is_recorded("CA1")
    scene.is_recorded("CA2", purpose="training")
    eva = scene.reader()
    shown = page(scene)
    assert "/trust/recordings/CA1.wav" in shown
    assert "2.4 s later" in shown
    heard = eva.sees("/trust/recordings/CA1.wav")
    assert heard.data.startswith(b"RIFF")
    assert heard.headers["Cache-Control"] == "no-store"
    assert [(one.person, one.what) for one in scene.trust.visits()] == [("Eva", "listened")]
    assert eva.sees("/trust/recordings/CA2.wav").status_code == 404
    assert scene.reader(Role.ANALYST, "Ana").sees("/trust/recordings/CA1.wav").status_code == 403
    assert len(scene.trust.visits()) == 1


def test_every_measurement_has_its_language_and_source() -> None:
    measured = Measured(ROOT / "benchmarks" / "results")
    assert {one.language for one in measured.understanding()} == {"en", "sv", "nb", "fi"}
    assert {one.language for one in measured.redaction()} >= {"en", "sv", "nb", "fi"}
    heard = [one.figure for one in measured.hearing("base", is_fast=False) if one.language == "fi"]
    assert heard == ["not measured"]


def test_sentences_written_blind_go_before_those_that_were_looked_at(tmp_path: Path) -> None:
    row = {"sentences": 200, "right": 0.9, "asked again": 0.06, "wrong": 0.04}
    kept = {"model": "m1", "held out": {"en typed": {**row, "right": 0.99}}, "unseen": {"en heard": row}}
    (tmp_path / "understanding.json").write_text(json.dumps(kept))
    found = [(one.what, one.figure, one.source) for one in Measured(tmp_path).understanding()]
    assert found[0] == ("right, sentences written blind, heard", "90.0 %", "understanding.json, model m1")
    assert len(found) == 3
    (tmp_path / "understanding.json").write_text(json.dumps({**kept, "unseen": {}}))
    assert next(Measured(tmp_path).understanding()).what == "right, sentences held out, typed"


def test_figures_of_another_recogniser_are_not_shown_as_those_of_the_one_that_runs() -> None:
    measured = Measured(ROOT / "benchmarks" / "results")
    assert {one.figure for one in measured.hearing("small", is_fast=False)} == {"not measured"}
    assert {one.figure for one in measured.hearing("base", is_fast=True) if "recorded" in one.what} == {
        "not measured"
    }


def test_figures_nobody_can_read_do_not_hide_the_register(tmp_path: Path) -> None:
    (tmp_path / "triage.json").write_text('{"held-out en": {"recall": 0.9}}')
    found = list(readable(Measured(tmp_path).triage()))
    assert [one.what for one in found] == ["figures in a form this version does not know"]


def test_every_part_that_runs_is_in_the_register_with_its_owner(tmp_path: Path) -> None:
    scene = TrustScene(
        tmp_path,
        piper_voices="sv=http://127.0.0.1:5100#nst",
        rewriter_url="http://127.0.0.1:11434/v1",
        rewriter_model="gemma",
    )
    sentences = tmp_path / "models" / "sentences"
    sentences.mkdir(parents=True)
    (sentences / "seal.json").write_text('{"version": "4711"}')
    (sentences / "encoder.onnx").write_bytes(b"weights")
    shown = page(scene, "/trust/systems")
    for words in (
        "Ends of turns",
        "Sentence encoder",
        "4711",
        hashlib.sha256(b"weights").hexdigest(),
        "Answers from articles",
        "Piper, sv: nst",
        "hibari, the bot",
        "espeak-ng",
        "Rewriter of briefings: gemma",
    ):
        assert words in shown
    assert "no owner" not in shown


def test_the_history_names_every_release_and_is_exported(scene: TrustScene, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    store.folder.mkdir(parents=True, exist_ok=True)
    store.note(Step("2030-03-04T10:00:00+00:00", "Doris", "released", "v2", "v1", scores={"typed en": 0.97}))
    everything = history(tmp_path, ROOT / "nlu_data", git=lambda words, folder: _log(words))
    assert [(one.part, one.who) for one in everything] == [("model", "Doris"), ("policy", "Erik")]
    assert everything[0].changed == "typed en 97.0 %"
    shown = page(scene, "/trust/systems?part=model")
    assert "model released" in shown
    exported = scene.reader().sees("/trust/releases.csv").get_data(as_text=True)
    assert "2030-03-04T10:00:00+00:00,Doris,model released" in exported
    assert page(scene, "/trust/systems?part=passwd")


def _log(words: Sequence[str]) -> str:
    return "abc1234\t2029-01-01T10:00:00+01:00\tErik\tLower a weight\n" if "policy.yml" in words else ""
