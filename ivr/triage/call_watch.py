"""What a new call's escalation watch begins with: policy, word reader, and the situation at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr import log
from ivr.clock import Clock
from ivr.handoff.escalation.decision import Watch, WordReader
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import Situation
from ivr.handoff.opening_hours import OpeningHours
from ivr.records.earlier_contacts import EarlierContacts
from ivr.records.store import CallEvent, CallRecords, CallRow, RecordsUnavailable
from ivr.triage.earlier_calls import unsolved
from ivr.triage.policy_file import load_policy
from ivr.triage.word_reader import OpenEncoder, open_reader

_log = log.get("triage")


@dataclass(frozen=True)
class CallWatches:
    """Makes one watch a call. Safe from any thread; blocks for three short queries."""

    policy: Policy
    reader: WordReader
    records: CallRecords
    contacts: EarlierContacts
    hours: OpeningHours
    clock: Clock

    def __call__(self, row: CallRow) -> Watch:
        """Return the watch of a call; without the database nothing is known of earlier calls or the queue."""
        now = self.clock.now()
        here = now.astimezone(self.hours.zone)
        earlier: Sequence[Sequence[CallEvent]] = ()
        waiting = 0
        try:
            earlier = self.contacts.of(row.caller, row.call_id, row.started_at) if row.caller else ()
            waiting = len(self.records.live_transfers())
        except RecordsUnavailable as gone:
            _log.warning("situation_unknown", call_id=row.call_id, why=str(gone))
        minute = here.hour * 60 + here.minute
        situation = Situation(len(earlier), waiting, minute, self.hours.is_open(now))
        return Watch(self.policy, self.reader, row.language, situation, earlier=unsolved(earlier))


def open_watches(
    nlu_data: Path,
    data_dir: Path,
    open_encoder: OpenEncoder,
    records: CallRecords,
    contacts: EarlierContacts,
    hours: OpeningHours,
    clock: Clock,
) -> CallWatches:
    """Read policy and classifier. Raises SettingsInvalid for a policy with mistakes in it."""
    reader = open_reader(data_dir, open_encoder)
    return CallWatches(load_policy(nlu_data), reader, records, contacts, hours, clock)
