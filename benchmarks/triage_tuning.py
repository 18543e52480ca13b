"""How sure the classifier must be: what each level costs and gains on the calls that were read.

    python -m benchmarks.triage_tuning            prints a table for `at_once_from` in nlu_data/policy.yml

One level for all the reasons but a deadline, and one for asking for a person: eleven levels, as were searched
for before, fit the read sets rather than the next one.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks import report
from benchmarks.triage import COLUMNS, ROOT, Remembered, judge
from benchmarks.triage_cases import read_calls
from ivr.bootstrap import open_encoder
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import READ_FROM_WORDS, Signal
from ivr.triage.policy_file import load_policy
from ivr.triage.word_reader import TrainedWordReader

REASON_LEVELS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
ASKED_LEVELS = (0.4, 0.5, 0.6)
BY_ITSELF = {Signal.ASKED_FOR_PERSON, Signal.DEADLINE}  # a date is named in most calm calls too


def with_levels(policy: Policy, reasons_from: float, asked_from: float) -> Policy:
    """Return the policy with other levels; asking for a person counts from there as well."""
    signals = dict(policy.signals)
    for name in READ_FROM_WORDS:
        if signals[name].at_once_from is not None and name not in BY_ITSELF:
            signals[name] = replace(signals[name], at_once_from=reasons_from)
    asked = signals[Signal.ASKED_FOR_PERSON]
    signals[Signal.ASKED_FOR_PERSON] = replace(asked, at_once_from=asked_from, counts_from=asked_from)
    return replace(policy, signals=signals)


def main() -> None:
    """Try every pair of levels and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data-dir", type=Path, default=ROOT / "var")
    asked = options.parse_args()
    calls = [call for call in read_calls() if call.half == "dev"]
    reader = Remembered(TrainedWordReader.load(asked.data_dir, open_encoder))
    policy = load_policy(ROOT / "nlu_data")
    rows: list[list[object]] = []
    for reasons_from in REASON_LEVELS:
        for asked_from in ASKED_LEVELS:
            found = judge(calls, with_levels(policy, reasons_from, asked_from), reader)
            rows.append([reasons_from, asked_from, *(found[name] for name in COLUMNS)])
    print(f"{len(calls)} calls")
    print(report.table(("reasons from", "asked from", *COLUMNS), rows))


if __name__ == "__main__":
    main()
