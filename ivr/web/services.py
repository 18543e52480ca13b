"""What the blueprints need of the rest of the service; `bootstrap` builds the real one."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry

from ivr.calls.line import Line
from ivr.calls.webhook_answers import StreamOutcome, WebhookAnswer, WebhookTurn
from ivr.clock import Clock
from ivr.config import Settings
from ivr.conversation.prompt import Prompt
from ivr.dialogue.actions import Actions
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.desk_actions import DeskActions
from ivr.handoff.desk_records import DeskRecords
from ivr.handoff.desk_supervision import DeskSupervision
from ivr.handoff.desk_wrap_up import DeskWrapUp
from ivr.handoff.follow_up_records import FollowUpRecords
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.messages import Messages, RecordedWords
from ivr.handoff.opening_hours import ServicePolicy
from ivr.handoff.texts import Texts
from ivr.handoff.transfer_desk import TransferDesk
from ivr.insights.notices import Notices
from ivr.insights.tally import Tally
from ivr.knowledge.library import Library
from ivr.nlu.studio.studio import Studio
from ivr.privacy.command import PrivacyOffice
from ivr.records.feed import Feed
from ivr.records.store import CallRecords
from ivr.trust.listening import Listening
from ivr.trust.trust_records import TrustRecords


class PromptShelf(Protocol):
    """Keeps prompts as WAV files that the network may fetch by name."""

    def wav_path(self, text: str, language: str, is_personal: bool = False) -> Path:
        """Return the file with the spoken text; may speak it first, blocking. Raises SynthesizerFailed."""
        ...

    def open_wav(self, name: str) -> Path | None:
        """Return the file of that name (with .wav), or None."""
        ...


class Wording(Protocol):
    """Finds the words for a response name."""

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt with its slots filled."""
        ...


class Calls(Protocol):
    """The calls now alive."""

    def after_stream(self, call_id: str) -> StreamOutcome:
        """Say how the call goes on now that its stream is over."""
        ...

    def webhook_turn(self, call_id: str, turn: WebhookTurn) -> WebhookAnswer | None:
        """Take one turn of a call that has no stream. Blocking. None when the bot no longer has the call."""
        ...

    def run_stream(self, call_id: str, stream_id: str, line: Line) -> bool:
        """Run a stream to its end on this thread; False when it is refused."""
        ...

    def admit(self, call_id: str) -> bool:
        """Say whether a new call may come to the bot now."""
        ...

    def live_count(self) -> int:
        """Return the number of calls now with the bot."""
        ...

    def caller_hung_up(self, call_id: str) -> None:
        """Note that the caller's leg is over; may come twice, late, or for an unknown call."""
        ...


class Services(Protocol):
    """The parts, already wired."""

    @property
    def settings(self) -> Settings: ...
    @property
    def records(self) -> CallRecords: ...
    @property
    def wording(self) -> Wording: ...
    @property
    def prompts(self) -> PromptShelf: ...
    @property
    def desk(self) -> TransferDesk: ...
    @property
    def desk_records(self) -> DeskRecords: ...
    @property
    def follow_ups(self) -> FollowUpRecords: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def texts(self) -> Texts: ...
    @property
    def callbacks(self) -> CallbackDesk: ...
    @property
    def recorded_speech(self) -> RecordedWords: ...
    @property
    def policy(self) -> ServicePolicy: ...
    @property
    def desk_actions(self) -> DeskActions: ...
    @property
    def desk_wrap_up(self) -> DeskWrapUp: ...
    @property
    def supervision(self) -> DeskSupervision: ...
    @property
    def joined_call(self) -> JoinedCall: ...
    @property
    def trust(self) -> TrustRecords: ...
    @property
    def listening(self) -> Listening: ...
    @property
    def privacy(self) -> PrivacyOffice: ...
    @property
    def release(self) -> Callable[[], str]: ...
    @property
    def library(self) -> Library: ...
    @property
    def tally(self) -> Tally: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def owners(self) -> Mapping[str, str]: ...
    @property
    def studio(self) -> Studio: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def metrics(self) -> CollectorRegistry: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def actions(self) -> Actions: ...
    @property
    def feed(self) -> Feed: ...
    @property
    def readiness(self) -> Mapping[str, Callable[[], bool]]: ...
