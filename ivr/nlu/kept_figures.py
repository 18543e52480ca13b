"""Where a model's guarded figures lie, with what they were measured with, so that nobody measures twice."""

import json

from ivr.nlu.measuring import Report
from ivr.nlu.model_store import ModelStore

FIGURES = "measured.json"


def keep_figures(store: ModelStore, version: str, report: Report) -> None:
    """Keep guarded figures beside the model, with what they were measured with."""
    content = {"with": report.measured_with, "figures": report.guarded()}
    (store.folder / version / FIGURES).write_text(json.dumps(content), encoding="utf-8")
    store.note_scores(version, report.guarded())
