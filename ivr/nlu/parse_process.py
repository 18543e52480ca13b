"""Loads one Rasa model and parses sentences: JSON lines in, JSON lines out.

Runs in Rasa's own environment (Python 3.10), as a script, and imports nothing of the service. The
first line it writes is {"ready": true}; each line in is a JSON string, or a list of those that will come.
"""

import asyncio
import json
import os
import sys
from typing import Any


def answer(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the intent taken, and the best one before the classifier's doubts were counted."""
    ranking = [found for found in parsed.get("intent_ranking", []) if found["name"] != "nlu_fallback"]
    nothing: dict[str, Any] = {"name": None, "confidence": 0.0}
    best, second, *_ = [*ranking, nothing, nothing]
    return {
        "intent": (parsed.get("intent") or {}).get("name"),
        "best": best["name"],
        "intent_confidence": round(float(best["confidence"]), 5),
        "second": second["name"],
        "second_confidence": round(float(second["confidence"]), 5),
        "entities": [[found.get("entity"), found.get("value")] for found in parsed.get("entities", [])],
    }


async def serve(model: str, out: Any) -> None:
    """Answer every line of the input until it ends."""
    from rasa.core.agent import Agent  # type: ignore[import-not-found]  # lives in the other environment

    from ivr.nlu.meaning_classifier import read_ahead

    agent = Agent.load(model)
    out.write('{"ready": true}\n')
    out.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, list):
            read_ahead(asked)
            answered: dict[str, Any] = {"ready": True}
        else:
            answered = answer(await agent.parse_message(asked))
        out.write(json.dumps(answered) + "\n")
        out.flush()


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever Rasa prints must not stand between the answers
    asyncio.run(serve(sys.argv[1], answers))
