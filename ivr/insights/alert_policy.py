"""Reads nlu_data/alerts.yml: what counts as worse."""

from pathlib import Path
from typing import Any

import yaml

from ivr.errors import IvrError
from ivr.insights.anomalies import AlertPolicy, Rule, Signal

FILE = "alerts.yml"


class AlertsUnreadable(IvrError):
    """The file is no policy for alerts; the message says what is wrong."""


def load_alert_policy(nlu_data: Path) -> AlertPolicy:
    """Return the policy. Raises AlertsUnreadable."""
    try:
        found = yaml.safe_load((nlu_data / FILE).read_text(encoding="utf-8"))
        return _policy(found)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise AlertsUnreadable(f"{FILE}: {problem}") from problem
    except (TypeError, KeyError, ValueError, AttributeError) as problem:
        raise AlertsUnreadable(f"{FILE}: missing or no number: {problem}") from problem


def _policy(found: dict[str, Any]) -> AlertPolicy:
    rules = {
        Signal(name): Rule(int(rule["least_n"]), float(rule["least_change"]))
        for name, rule in found["signals"].items()
    }
    policy = AlertPolicy(
        hours=int(found["hours"]),
        compare_weeks=int(found["compare_weeks"]),
        quiet_hours=int(found["quiet_hours"]),
        sureness=float(found["sureness"]),
        rules=rules,
    )
    if not 1 <= policy.hours <= 24 or not 1 <= policy.compare_weeks <= 52 or policy.quiet_hours < 0:
        raise ValueError("hours is 1 to 24, compare_weeks 1 to 52, quiet_hours not below 0")
    if policy.sureness <= 0 or any(rule.least_n < 5 or rule.least_change <= 0 for rule in rules.values()):
        raise ValueError("sureness and least_change are above 0, least_n is 5 or more")
    return policy
