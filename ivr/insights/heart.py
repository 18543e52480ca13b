"""Happiness, engagement, adoption, retention, task success; and honest containment. Pure."""

from collections.abc import Mapping

from ivr.insights.fates import Fate
from ivr.insights.figures import Figure, mean, share

Sums = Mapping[str, Mapping[str, int]]
MEASURES = (
    "calls", "turns", "turns_squared", "calls_with_keys", "calls_with_barge_in", "tried_bot", "called_again",
    "ratings", "rating_sum", "rating_squares", "survey_answers", "survey_solved", "fate", "annoyed",
    "complaints",
)  # fmt: skip


def heart(sums: Sums) -> dict[str, Figure]:
    """Return the figures by the names of definitions.yml; `sums` hold MEASURES."""
    calls = total(sums, "calls")
    fates = sums["fate"]
    known = sum(fates.get(fate, 0) for fate in (Fate.SOLVED, Fate.GAVE_UP))
    return {
        "happiness_rating": mean(
            total(sums, "rating_sum"), total(sums, "rating_squares"), total(sums, "ratings")
        ),
        "happiness_solved": share(total(sums, "survey_solved"), total(sums, "survey_answers")),
        "happiness_mood": share(total(sums, "annoyed"), calls),
        "happiness_complaints": share(total(sums, "complaints"), calls),
        "engagement_turns": mean(total(sums, "turns"), total(sums, "turns_squared"), calls),
        "engagement_keys": share(total(sums, "calls_with_keys"), calls),
        "engagement_barge_in": share(total(sums, "calls_with_barge_in"), calls),
        "adoption": share(total(sums, "tried_bot"), calls),
        "retention": share(total(sums, "called_again"), calls),
        "task_success": share(fates.get(Fate.SOLVED, 0), known),
    }


def containment(fates: Mapping[str, int]) -> dict[str, Figure]:
    """Return the share of each fate, of all calls that are over."""
    over = sum(fates.values())
    return {str(fate): share(fates.get(fate, 0), over) for fate in Fate}


def total(sums: Sums, measure: str) -> int:
    """Return the sum of a measure over all its kinds."""
    return sum(sums.get(measure, {}).values())
