"""The parts of the running service, all wired."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from ivr.calls.calls import Calls
from ivr.calls.recorded_speech import RecordedSpeech
from ivr.clock import Clock
from ivr.config import Settings
from ivr.dialogue.actions import Actions
from ivr.dialogue.wording import Wording
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.desk_actions import DeskActions
from ivr.handoff.desk_records import DeskRecords
from ivr.handoff.desk_supervision import DeskSupervision
from ivr.handoff.desk_wrap_up import DeskWrapUp
from ivr.handoff.follow_up_records import FollowUpRecords
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.messages import Messages
from ivr.handoff.opening_hours import ServicePolicy
from ivr.handoff.texts import Texts
from ivr.handoff.transfer_desk import TransferDesk
from ivr.insights.courier import Courier
from ivr.insights.figure_watch import FigureWatch
from ivr.insights.notices import Notices
from ivr.insights.tally import Tally
from ivr.knowledge.library import Library
from ivr.nlu.studio.studio import Studio
from ivr.privacy.command import PrivacyOffice
from ivr.records.feed import Feed
from ivr.records.store import CallRecords
from ivr.speech.prompt_cache import PromptCache
from ivr.trust.listening import Listening
from ivr.trust.trust_records import TrustRecords

EXECUTOR_THREADS = 32


@dataclass(frozen=True)
class WiredServices:
    """Everything the web application is built around."""

    settings: Settings
    clock: Clock
    records: CallRecords
    feed: Feed
    wording: Wording
    prompts: PromptCache
    desk: TransferDesk
    desk_records: DeskRecords
    follow_ups: FollowUpRecords
    desk_actions: DeskActions
    desk_wrap_up: DeskWrapUp
    supervision: DeskSupervision
    joined_call: JoinedCall
    messages: Messages
    texts: Texts
    callbacks: CallbackDesk
    recorded_speech: RecordedSpeech
    policy: ServicePolicy
    privacy: PrivacyOffice
    trust: TrustRecords
    listening: Listening
    release: Callable[[], str]
    tally: Tally
    notices: Notices
    figure_watch: FigureWatch
    courier: Courier
    owners: Mapping[str, str]
    studio: Studio
    calls: Calls
    metrics: CollectorRegistry
    actions: Actions
    library: Library
    readiness: Mapping[str, Callable[[], bool]]
