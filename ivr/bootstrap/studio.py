"""Wires the studio: which model it asks, how it trains and releases."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Engine

from ivr.bootstrap.adapters import make_rasa
from ivr.bootstrap.trial import open_trial
from ivr.calls.engines import TranscriptionDesk
from ivr.clock import Clock
from ivr.config import Settings
from ivr.dialogue.composite_dialogue import CompositeDialogue
from ivr.dialogue.wording import Wording
from ivr.errors import IvrError
from ivr.nlu.checks import validate
from ivr.nlu.model_reader import open_model
from ivr.nlu.model_store import ModelStore
from ivr.nlu.release_command import proofs_of, proved_and_trained, releases_of
from ivr.nlu.releasing import Releases
from ivr.nlu.studio.labelling import Labelling
from ivr.nlu.studio.preview import Previews
from ivr.nlu.studio.release_room import ReleaseRoom
from ivr.nlu.studio.sentences import Sentences
from ivr.nlu.studio.studio import Studio
from ivr.nlu.studio.trying import TryOut
from ivr.nlu.training import train
from ivr.records.sql_inbox_records import SqlInboxRecords
from ivr.running.run_command import RASA_PYTHON

RASA_VENV = RASA_PYTHON.parent.parent
MOST_ERRORS_SHOWN = 20


class FilesInError(IvrError):
    """nlu_data/ has errors; the message lists them."""


def make_studio(
    settings: Settings, database: Engine, wording: Wording, hearing: TranscriptionDesk, clock: Clock
) -> Studio:
    """Return the studio over the running service's files, database and model."""
    sentences = Sentences(settings.nlu_data_dir)
    labelling = Labelling(SqlInboxRecords(database), sentences, clock)
    rasa = make_rasa(settings, wording)
    store = ModelStore(settings.data_dir)
    previews = Previews(
        settings.nlu_data_dir,
        store,
        partial(open_model, rasa_venv=RASA_VENV, data_dir=settings.data_dir),
        partial(open_trial, settings),
    )
    trying = TryOut(settings.nlu_data_dir, CompositeDialogue(rasa, wording), rasa.parse, hearing)
    room = ReleaseRoom(
        store, previews, partial(_train, settings), partial(_releases, settings), labelling.utterances, clock
    )
    return Studio(settings.nlu_data_dir, sentences, labelling, trying, room)


def _train(settings: Settings, who: str, say: Callable[[str], None]) -> str:
    say("Checking nlu_data")
    errors = [problem for problem in validate(settings.nlu_data_dir) if problem.is_error]
    if errors:
        shown = [f"{one.file.name}, line {one.line}: {one.what}. {one.todo}" for one in errors]
        raise FilesInError("nothing is trained until this is right:\n" + "\n".join(shown[:MOST_ERRORS_SHOWN]))
    learn = partial(train, settings.nlu_data_dir, settings.data_dir, RASA_VENV, say, who=who)
    return proved_and_trained(proofs_of(settings).of_folder, learn, say)


def _releases(settings: Settings, who: str, say: Callable[[str], None]) -> Releases:
    return releases_of(settings, RASA_VENV, open_trial, say, who)
