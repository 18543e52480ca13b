"""What briefings hold: facts present, facts wrong, statements nothing supports, seconds and words.

    python -m benchmarks.briefing           all calls, English agents, the real voice
    python -m benchmarks.briefing --show    each call with its briefing
    python -m benchmarks.briefing --only blind

The calls (`benchmarks/briefing_calls/`) are played through the real conversation and the real actions on a
shop in memory; what is understood is given, as understanding is measured elsewhere. What is true of a call is
written from its scenario. A fact counts as present where an agent reads or hears it; a statement is wrong
when a value in it differs from the shop's or the caller's, unsupported when nothing in the call bears it out.

The blind calls were written by somebody else, who says in plain words what must and must not be told of each.
There a statement is unsupported when it tells what must not be told, or a reason or mood the writer reads
nowhere in the call.
"""

import argparse
import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from babel.dates import format_date

from benchmarks import report
from benchmarks.briefing_calls.blind import BlindCall, blind_calls, misread, tells
from benchmarks.briefing_calls.calls import Call, Truth, all_calls
from benchmarks.briefing_calls.talk import NLU_DATA, play
from ivr.conversation.prompt import Prompt
from ivr.dialogue.wording import Wording
from ivr.handoff.briefing import CARD_WORDS, LIMIT_S, Told, brief, card, timeline, word_count
from ivr.handoff.case import Case
from ivr.speech.first_that_speaks import FirstThatSpeaks
from ivr.speech.hibari_synthesizer import HibariSynthesizer
from ivr.speech.pyttsx3_synthesizer import Pyttsx3Synthesizer

BETWEEN_SENTENCES_S = 0.15
RATE_HZ = 8000
AGENTS = ("en", "sv")
_NEUTRAL = re.compile(r"brief_(first_\w+|nothing_more|last_words|request_words)")


def expected(truth: Truth, wording: Wording) -> Iterator[str]:
    """Return what must be found among the written statements, as an English-speaking agent reads it."""
    name = truth.order.customer_name if truth.order and truth.is_verified else None
    yield f"Call from {name}, checked by postcode." if name else "The caller is not checked."
    yield wording.written(f"brief_reason_{truth.reason}", "en")
    if truth.number:
        yield truth.number
    if truth.status and truth.is_verified:
        yield wording.written(f"brief_status_{truth.status}", "en")
    for intent in truth.intents:
        yield wording.written(f"brief_about_{intent}", "en")
    if truth.quote:
        yield " ".join(re.sub(r"[^\w\s.,:;!?'\"/()-]", " ", truth.quote).split()[:4]).rstrip("?.,:")
    yield from sorted(truth.told - {"brief_tried_asked_order_number", "brief_failed_no_match"})
    for slot in ("delivery_date", "new_date", "due_date", "paid_on"):
        if slot in truth.values:
            yield _day(truth.values[slot])
    for signal in truth.also - {"kept_repeating"}:
        yield f"brief_reason_{signal}"
    if truth.contacts:
        yield f"called {truth.contacts} times"
    if truth.callback:
        yield truth.callback


def _day(iso: str) -> str:
    return format_date(datetime.date.fromisoformat(iso), "d MMM", locale="en")


def holds(fact: str, told: Sequence[Told]) -> bool:
    """Say whether a fact is among statements: by its kind, else by its words."""
    if fact.startswith("brief_"):
        return any(one.statement.kind == fact for one in told)
    return any(fact in one.text for one in told)


def wrong(truth: Truth, told: Sequence[Told]) -> list[str]:
    """Return the statements with a value that is not the true one."""
    name = truth.order.customer_name if truth.order and truth.is_verified else None
    true = {
        "order_number": truth.number, "caller_name": name, "digits": truth.callback,
        "times": str(truth.contacts or truth.misses), **truth.values,
    }  # fmt: skip
    numbered = {"case_number", "return_code"}  # given out by the shop in memory: 500000 and on
    bad = []
    for one in told:
        slots = {key: value for key, value in one.statement.slots.items() if key != "wanted"}
        for slot, value in slots.items():
            is_right = (
                value.removeprefix("RT").startswith("5000") if slot in numbered else true.get(slot) == value
            )
            if not is_right:
                bad.append(f"{one.text} [{slot}: {true.get(slot)}]")
        status = one.statement.terms.get("order_status")
        if status and status != f"brief_status_{truth.status}":
            bad.append(one.text)
    return bad


def unsupported(truth: Truth, told: Sequence[Told]) -> list[str]:
    """Return the statements that nothing in the call bears out."""
    return [one.text for one in told if not _is_supported(one, truth)]


def _is_supported(one: Told, truth: Truth) -> bool:
    kind = one.statement.kind
    about = one.statement.terms.get("about", "").removeprefix("brief_about_")
    rules: dict[str, Callable[[], bool]] = {
        "brief_caller_verified": lambda: truth.is_verified,
        "brief_caller_unverified": lambda: not truth.is_verified,
        "brief_wants_about": lambda: about in truth.intents,
        "brief_wanted_before": lambda: about in truth.intents,
        "brief_wants_order": lambda: truth.is_verified,
        "brief_wants_order_unverified": lambda: truth.number is not None and not truth.is_verified,
        "brief_wants_words": lambda: truth.quote is not None,
        "brief_half_heard": lambda: truth.misses > 0,
        "brief_wants_unknown": lambda: not truth.intents and truth.quote is None,
        "brief_detail_status": lambda: truth.is_verified and "brief_tried_read_status" not in truth.told,
        "brief_tried_nothing": lambda: not truth.told and not truth.is_verified,
        "brief_not_told": lambda: False,
        "brief_called_before": lambda: truth.contacts > 1,
        "brief_called_once_before": lambda: truth.contacts == 1,
        "brief_missed_once": lambda: truth.misses == 1,
        "brief_missed": lambda: truth.misses > 1,
        "brief_callback_number": lambda: truth.callback is not None,
    }
    if kind in rules:
        return rules[kind]()
    if kind.startswith("brief_reason_"):
        return kind.removeprefix("brief_reason_") in {truth.reason, *truth.also}
    if kind.startswith("brief_mood_"):
        return kind.removeprefix("brief_mood_") in truth.moods
    return kind in truth.told or _NEUTRAL.fullmatch(kind) is not None


class Voice:
    """How long the real voices take, each sentence spoken once."""

    def __init__(self) -> None:
        self._voice = FirstThatSpeaks([HibariSynthesizer(), Pyttsx3Synthesizer()])
        self._known: dict[tuple[str, str], float] = {}

    def seconds(self, prompt: Prompt) -> float:
        """Return the length of a sentence, in seconds, with the pause before the next."""
        key = (prompt.text, prompt.language)
        if key not in self._known:
            audio = self._voice.synthesize(prompt.text, prompt.language)
            self._known[key] = len(audio) / RATE_HZ + BETWEEN_SENTENCES_S
        return self._known[key]


def judge(call: Call, case: Case, wording: Wording, voice: Voice) -> dict[str, Any]:
    """Return what one call's briefing holds."""
    spoken = brief(case, wording, "en", voice.seconds)
    written, everything = card(case, wording, "en"), timeline(case, wording, "en")
    facts = list(expected(call.truth, wording))
    return {
        "facts": len(facts),
        "missing_on_card": [fact for fact in facts if not holds(fact, written)],
        "missing": [fact for fact in facts if not holds(fact, everything)],
        "wrong": wrong(call.truth, [*everything, *spoken]),
        "unsupported": unsupported(call.truth, everything),
        **_measured(call, case, wording, voice),
    }


def judge_blind(one: BlindCall, case: Case, wording: Wording, voice: Voice) -> dict[str, Any]:
    """Return what the briefing of a blind call holds."""
    spoken = brief(case, wording, "en", voice.seconds)
    written, everything = card(case, wording, "en"), timeline(case, wording, "en")
    told = [*everything, *spoken]
    return {
        "facts": len(one.must),
        "missing_on_card": [fact for fact in one.must if not tells(fact, written)],
        "missing": [fact for fact in one.must if not tells(fact, everything)],
        "wrong": wrong(one.call.truth, told),
        "unsupported": misread(one, told) + [fact for fact in one.must_not if tells(fact, told)],
        **_measured(one.call, case, wording, voice),
    }


def _measured(call: Call, case: Case, wording: Wording, voice: Voice) -> dict[str, Any]:
    spoken = {tongue: brief(case, wording, tongue, voice.seconds) for tongue in AGENTS}
    written = card(case, wording, "en")
    return {
        "call": f"{call.name} ({call.language})",
        "statements": len(timeline(case, wording, "en")),
        "seconds": {
            tongue: round(sum(voice.seconds(one.prompt) for one in told), 2)
            for tongue, told in spoken.items()
        },
        "card_words": word_count(written),
        "spoken": [one.text for one in spoken["en"]],
        "card": [one.text for one in written],
    }


def run(asked: str | None) -> dict[str, list[dict[str, Any]]]:
    """Play and judge every call, by set. Raises ValueError when one ends in no transfer."""
    wording, voice = Wording.load(NLU_DATA, "Nordlys"), Voice()
    results: dict[str, list[dict[str, Any]]] = {}
    if asked != "blind":
        results["own"] = [judge(call, _played(call, wording), wording, voice) for call in all_calls()]
    if asked != "own":
        results["blind"] = [
            judge_blind(one, _played(one.call, wording), wording, voice) for one in blind_calls()
        ]
    return results


def _played(call: Call, wording: Wording) -> Case:
    case = play(call.steps, call.language, wording, call.shop, call.caller, call.truth.contacts)
    if case is None:
        raise ValueError(f"{call.name} ({call.language}): nobody was asked for")
    return case


def summary(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of all calls."""
    facts = sum(one["facts"] for one in results)
    return {
        "calls": len(results),
        "facts": facts,
        "present": round(1 - sum(len(one["missing"]) for one in results) / facts, 4),
        "present_on_card": round(1 - sum(len(one["missing_on_card"]) for one in results) / facts, 4),
        "statements": sum(one["statements"] for one in results),
        "wrong": sum(len(one["wrong"]) for one in results),
        "unsupported": sum(len(one["unsupported"]) for one in results),
        "spoken_s": {tongue: report.spread([one["seconds"][tongue] for one in results]) for tongue in AGENTS},
        "card_words": report.spread([float(one["card_words"]) for one in results]),
    }


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", action="store_true", help="print each call's briefing")
    parser.add_argument("--only", choices=("own", "blind"), help="one set of calls; nothing is kept")
    asked = parser.parse_args()
    machine, results = report.machine(), run(asked.only)
    for name, of_set in results.items():
        _tell(name, of_set, asked.show)
    if asked.only is not None:
        return
    figures = {name: {**summary(of_set), "per_call": of_set} for name, of_set in results.items()}
    report.save("briefing", {"machine": machine, **figures["own"], "blind": figures["blind"]})
    _draw(results["own"])


def _tell(name: str, results: Sequence[dict[str, Any]], is_shown: bool) -> None:
    figures = summary(results)
    for one in results:
        if is_shown:
            print(f"{one['call']}: {one['seconds']} s, {one['card_words']} words")
            print("  spoken: " + " ".join(one["spoken"]) + "\n  card:   " + " ".join(one["card"]))
        for fault in ("missing", "wrong", "unsupported"):
            if one[fault]:
                print(f"{one['call']}: {fault}: {one[fault]}")
    rows = [
        ("facts present, card and timeline", figures["present"], 0.95),
        ("facts present, card alone", figures["present_on_card"], None),
        ("facts wrong", figures["wrong"], 0),
        ("statements unsupported", figures["unsupported"], 0),
        ("spoken p50, English agent, s", figures["spoken_s"]["en"]["p50"], None),
        ("spoken p95, English agent, s", figures["spoken_s"]["en"]["p95"], LIMIT_S),
        ("spoken p50, Swedish agent, s", figures["spoken_s"]["sv"]["p50"], None),
        ("spoken p95, Swedish agent, s", figures["spoken_s"]["sv"]["p95"], LIMIT_S),
        ("words on the card, most", figures["card_words"]["max"], CARD_WORDS),
    ]
    print(f"{name}: {figures['calls']} calls, {figures['facts']} facts, {figures['statements']} statements")
    print(report.table(("what", "measured", "bar"), rows))


def _draw(results: Sequence[dict[str, Any]]) -> None:
    drawn, axes = report.figure(8.0, 4.0)
    for tongue, label in (("en", "English agent"), ("sv", "Swedish agent")):
        axes.plot(sorted(one["seconds"][tongue] for one in results), label=label)
    axes.axhline(LIMIT_S, linestyle="--", color="black", linewidth=1)
    axes.set(xlabel="calls, shortest briefing first", ylabel="seconds aloud", ylim=(0, LIMIT_S + 1))
    axes.set_title("How long the spoken briefing takes")
    axes.legend(frameon=False)
    report.save_figure("briefing", drawn)


if __name__ == "__main__":
    main()
