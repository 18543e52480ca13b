"""How sure the classifier must be, signal by signal: set on the development calls by one repeatable search.

    python -m benchmarks.triage_tuning            prints what `nlu_data/policy.yml` should say

Coordinate descent over `at_once_from` of every signal read from words, from where it stands, once round, on
typed calls. The cost counts a missed call once, a late one a quarter, a false one as often as makes the
bars (5 % missed at 3 % false) weigh alike; of equals, the one in the middle of the best stretch is taken.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks.triage import ROOT, Remembered, fired_at
from benchmarks.triage_cases import Labelled, read_calls
from ivr.bootstrap import open_encoder
from ivr.handoff.escalation.decision import WordReader
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import READ_FROM_WORDS, Signal
from ivr.triage.policy_file import load_policy
from ivr.triage.word_reader import TrainedWordReader

STEPS = (0.55, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
FALSE_COST, LATE_COST = 5 / 3, 0.25


def cost(calls: list[Labelled], policy: Policy, reader: WordReader) -> float:
    """Return what the mistakes of a policy cost on calls."""
    total = 0.0
    for call in calls:
        at = fired_at(call, policy, reader)
        if call.reader is None:
            total += FALSE_COST * (at is not None)
        elif at is None:
            total += 1.0
        else:
            total += LATE_COST * (at > call.reader + 1)
    return total


def with_level(policy: Policy, signal: Signal, level: float) -> Policy:
    """Return the policy with another level for one signal; it counts for the sum as before."""
    rule = replace(policy.signals[signal], at_once_from=level)
    return replace(policy, signals={**policy.signals, signal: rule})


def tune(calls: list[Labelled], policy: Policy, reader: WordReader) -> Policy:
    """Return the policy with the levels that cost least."""
    signals = [one for one in READ_FROM_WORDS if policy.signals[one].at_once_from is not None]
    for signal in signals:
        costs = [cost(calls, with_level(policy, signal, level), reader) for level in STEPS]
        best = [at for at, found in enumerate(costs) if found == min(costs)]
        policy = with_level(policy, signal, STEPS[best[len(best) // 2]])
    return policy


def main() -> None:
    """Search and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data-dir", type=Path, default=ROOT / "var")
    asked = options.parse_args()
    calls = [call for call in read_calls() if call.half == "dev"]
    reader = Remembered(TrainedWordReader.load(asked.data_dir, open_encoder))
    before = load_policy(ROOT / "nlu_data")
    after = tune(calls, before, reader)
    print(f"{len(calls)} calls, cost {cost(calls, before, reader):.1f} -> {cost(calls, after, reader):.1f}")
    for signal in READ_FROM_WORDS:
        print(
            f"{signal.value}: {before.signals[signal].at_once_from} -> {after.signals[signal].at_once_from}"
        )


if __name__ == "__main__":
    main()
