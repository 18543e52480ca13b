"""How well the trained model understands sentences it has never seen, and how long one turn takes.

    python -m benchmarks.understanding [--json FILE]

Starts its own Rasa with the trained model; training runs first when nlu_data/ changed.
"""

import argparse
import json
import statistics
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import yaml

from ivr.dialogue.dialogue import Spoken
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.nlu.conversations import load_conversations, run_conversation
from ivr.orders.order_book import Order, OrderStatus
from tests.fakes.memory_orders import MemoryOrderBook
from tests.support.real_rasa import RASA_TOKEN, ROOT, running_rasa

NOT_UNDERSTOOD = {"nlu_fallback", "unclear"}  # both lead to a reprompt
TURNS = ["where is my order", "four seven double one nine two", "when are you open", "11455", "no thank you"]
ROUNDS = 10


@dataclass(frozen=True)
class Accuracy:
    """Results over one set. `wrong` were acted on as something else, `asked_again` led to a reprompt."""

    sentences: int
    right: int
    asked_again: int
    wrong: int
    mistakes: list[str]


def measure(sentences: dict[str, list[Any]], url: str) -> Accuracy:
    """Ask the model for the intent of each sentence."""
    results: Counter[str] = Counter()
    mistakes = []
    for wanted, said in sentences.items():
        for sentence in map(str, said):
            text = plain_words(hear_numbers(sentence).text)
            got = _intent(text, url)
            kind = "right" if got == _merged(wanted) else "asked_again" if got == "nlu_fallback" else "wrong"
            results[kind] += 1
            if kind != "right":
                mistakes.append(f"{wanted}: “{sentence}” was taken for {got}")
    return Accuracy(results.total(), results["right"], results["asked_again"], results["wrong"], mistakes)


def _intent(text: str, url: str) -> str:
    answer = httpx.post(f"{url}/model/parse", params={"token": RASA_TOKEN}, json={"text": text}, timeout=10)
    return _merged(str(answer.raise_for_status().json()["intent"]["name"]))


def _merged(intent: str) -> str:
    return "nlu_fallback" if intent in NOT_UNDERSTOOD else intent


def turn_times_ms(dialogue: RasaDialogue) -> list[float]:
    """Return the time of each turn of a few whole order calls."""
    times = []
    for _ in range(ROUNDS):
        call_id = uuid.uuid4().hex
        for said in TURNS:
            started = time.perf_counter()
            dialogue.reply(call_id, Spoken(said), "en")
            times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path, help="write the figures here too")
    chosen = options.parse_args()
    shop = MemoryOrderBook(
        [Order("471192", "11455", OrderStatus.SHIPPED, "Eva Berg", date(2030, 3, 6), "PostNord", "PN1SE")]
    )
    holdout = yaml.safe_load((ROOT / "nlu_data" / "holdout" / "en.yml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, running_rasa(Path(folder), shop) as rasa:
        accuracy = {name: measure(sentences, rasa.url) for name, sentences in holdout.items()}
        times = turn_times_ms(rasa.dialogue)
        conversations = load_conversations(ROOT / "nlu_data" / "tests")
        failed = [talk.name for talk in conversations if run_conversation(talk, rasa.dialogue)]
    for name, found in accuracy.items():
        share = found.right / found.sentences
        rest = f"{found.asked_again} asked again, {found.wrong} wrong"
        print(f"hold-out {name}: {share:.1%} of {found.sentences} right, {rest}")
        print("".join(f"  {mistake}\n" for mistake in found.mistakes), end="")
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"a turn takes p50 {p50:.0f} ms, p95 {p95:.0f} ms (n={len(times)})")
    print(f"Rasa starts in {rasa.starts_in_s:.0f} s")
    print(
        f"conversations: {len(conversations) - len(failed)} of {len(conversations)} as written {failed or ''}"
    )
    if chosen.json:
        figures = {name: asdict(found) for name, found in accuracy.items()}
        turn = {"p50_ms": p50, "p95_ms": p95, "n": len(times), "rasa_starts_in_s": rasa.starts_in_s}
        chosen.json.write_text(json.dumps({"accuracy": figures, "turn": turn}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
