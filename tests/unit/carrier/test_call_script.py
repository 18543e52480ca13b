"""A call script is read as it was meant, and its mistakes are told with file, line and what to do."""

from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import write_wav
from ivr.carrier.call_script import Expect, Hear, matches
from ivr.carrier.call_script_file import CallScriptInvalid, load_call_script, parse_call_script

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples" / "calls").glob("*.yml"))
HERE = Path("calls/mine.yml")


def problems(text: str) -> list[str]:
    with pytest.raises(CallScriptInvalid) as invalid:
        parse_call_script(text, HERE)
    return str(invalid.value).splitlines()


def test_there_are_enough_examples_and_one_is_noisy() -> None:
    assert len(EXAMPLES) >= 8
    assert any(load_call_script(path).noise for path in EXAMPLES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_can_be_read(path: Path) -> None:
    script = load_call_script(path)
    assert script.steps[0].hear is not None  # nobody speaks before having listened
    assert all(step.line > 1 for step in script.steps)


def test_numbers_and_keys_need_no_quotes() -> None:
    script = parse_call_script("name: a\nfrom: +46701234567\nsteps:\n - press: 0471\n - pause: 1.5\n", HERE)
    assert script.from_number == "+46701234567"
    assert script.steps[0].press == "0471"
    assert script.steps[1].pause == 1.5


def test_short_forms_mean_the_long_ones() -> None:
    script = parse_call_script(
        "name: a\nvoice: en-gb+f2\npacket_loss: 3%\n"
        "steps:\n - hear: hello\n - say: hi\n - expect: {ended: yes}\n",
        HERE,
    )
    assert (script.voice.name, script.voice.variant) == ("en-gb", "f2")
    assert script.packet_loss == pytest.approx(0.03)
    assert script.steps[0].hear == Hear(text="hello")
    assert script.steps[2].expect == Expect(ended=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "calls/mine.yml:1: a call script is a mapping"),
        ("name: a\nsteps: [", "calls/mine.yml:2: not YAML"),
        ("name: a\n", "calls/mine.yml:1: `steps` is missing"),
        (
            "name: a\nstep:\n - hang_up: true\nsteps:\n - hang_up: true\n",
            "calls/mine.yml:2: unknown key `step`; did you",
        ),
        (
            "name: a\nsteps:\n - pause: 1\n - heer: hi\n",
            "calls/mine.yml:4: unknown key `heer`; did you mean `hear`?",
        ),
        (
            "name: a\nsteps:\n - hear: {txt: hi}\n",
            "calls/mine.yml:3: unknown key `txt`; did you mean `text`?",
        ),
        ("name: a\nsteps:\n - hear: {zzzz: hi}\n", "known here: text, prompt, sound, within_s"),
        ("name: a\nsteps:\n - hear: a\n   say: b\n", "calls/mine.yml:3: steps.1: a step does one thing"),
        ("name: a\nsteps:\n - hear: {text: a, prompt: b}\n", "give one of `text`, `prompt` or `sound`"),
        (
            "name: a\nsteps:\n - hear: '/(/'\n",
            "calls/mine.yml:3: steps.1.hear.text: /(/ is not a regular expression",
        ),
        ("name: a\nsteps:\n - press: 12a\n", "calls/mine.yml:3: steps.1.press: String should match pattern"),
        (
            "name: a\nsteps:\n - pause: soon\n",
            "calls/mine.yml:3: steps.1.pause: Input should be a valid number",
        ),
        (
            "name: a\nfrom: 070123\nsteps:\n - pause: 1\n",
            "calls/mine.yml:2: from: String should match pattern",
        ),
        ("name: a\nname: b\nsteps:\n - pause: 1\n", "calls/mine.yml:2: `name` is given twice"),
        ("name: a\nsteps:\n - say: {wav: gone.wav}\n", "calls/mine.yml:3: there is no file calls/gone.wav"),
        (
            "name: a\nnoise: {snr_db: 3}\nsteps:\n - pause: 1\n",
            "calls/mine.yml:2: noise: give `kind` or `file`",
        ),
        ("name: a\nagents:\n - number: +46701234567\nsteps:\n - pause: 1\n", "the phone of two people"),
        ("name: a\nsteps:\n - expect: {}\n", "calls/mine.yml:3: steps.1.expect: give one of"),
    ],
)
def test_mistakes_are_told(text: str, told: str) -> None:
    assert told in "\n".join(problems(text))


def test_every_mistake_is_told_at_once_in_order() -> None:
    told = problems("name: a\nvoice: {speed: 5}\nsteps:\n - hang: true\n - pause: -1\n")
    assert [line.split(":")[1] for line in told] == ["2", "4", "5"]


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(CallScriptInvalid, match="cannot be read"):
        load_call_script(tmp_path / "none.yml")
    (tmp_path / "binary.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CallScriptInvalid, match="cannot be read"):
        load_call_script(tmp_path / "binary.yml")


def test_recordings_lie_beside_the_script(tmp_path: Path) -> None:
    write_wav(tmp_path / "me.wav", np.ones(8000, np.float32) / 2, 8000)
    (tmp_path / "call.yml").write_text("name: a\nsteps:\n - say: {wav: me.wav}\n")
    say = load_call_script(tmp_path / "call.yml").steps[0].say
    assert say is not None
    assert say.wav == tmp_path / "me.wav"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("order number", "What's the ORDER   number?", True),
        ("order number", "What's the reorder number?", False),
        ("what's the", "What’s the order?", True),
        ("number?", "The number.", True),
        ("/order.*ship/", "Your order\nwas SHIPPED", True),
        ("/^order/", "Your order", False),
    ],
)
def test_words_are_found_anywhere_and_patterns_where_they_say(
    pattern: str, text: str, expected: bool
) -> None:
    assert matches(pattern, text) is expected
