"""When a person is erased, from where, in which order, and what proves it."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr import log
from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.privacy.call_keys import CallKeys
from ivr.privacy.ledger import ErasureLedger, fingerprint
from ivr.privacy.person import NobodyFound, Person
from ivr.privacy.privacy_records import Erasure, PrivacyRecords
from ivr.records.journal import SUFFIX

_log = log.get("privacy")


class CallsHeld(IvrError):
    """A legal hold forbids erasing; the message says why."""


class Shelf(Protocol):
    """The network's recordings."""

    def delete_recording(self, recording_sid: str) -> None:
        """Have a recording deleted."""
        ...

    def is_gone(self, recording_sid: str) -> bool:
        """Look for a recording once more; True only when the network says there is none."""
        ...

    def recordings_of(self, call_id: str) -> Collection[str] | None:
        """Ask the network which recordings a call has; None when it does not answer."""
        ...


class Eraser:
    """Erases people. Safe from any thread; `sweep` is to be called now and then.

    The ledger is written before the database, so that a crash in between is made good by the next sweep.
    """

    def __init__(
        self,
        records: PrivacyRecords,
        shelf: Shelf,
        ledger: ErasureLedger,
        keys: CallKeys,
        data_dir: Path,
        clock: Clock,
    ) -> None:
        self._records = records
        self._shelf = shelf
        self._ledger = ledger
        self._keys = keys
        self._data_dir = data_dir
        self._clock = clock

    def erase(self, person: Person, by: str) -> Erasure:
        """Erase a person now, or as soon as what is in the way is over; return how it stands.

        Raises NobodyFound, CallsHeld.
        """
        if not person.calls and not person.mentions:
            raise NobodyFound(f"Nothing is stored under {person.asked}.")
        held = [call for call in person.calls if call.holds]
        if held:
            lines = [f"  {call.call_id}  {'; '.join(call.holds)}" for call in held]
            raise CallsHeld("Nothing was erased: a hold is on\n" + "\n".join(lines))
        number = person.number if person.mentions else None
        opened = self._records.open_erasure(person.call_ids, number, by)
        self._try(opened, person.mentions)
        return next(one for one in self._records.erasures() if one.erasure_id == opened.erasure_id)

    def sweep(self) -> int:
        """Do what waited and what a restored backup brought back; return how many erasings were done."""
        done = 0
        for erasure in self._records.erasures(is_done=False):
            number = erasure.number
            mentions = self._records.find(number).mentions if number is not None else ()
            done += self._try(erasure, mentions)
        return done + self._replay()

    def _try(self, erasure: Erasure, mentions: Collection[str]) -> bool:
        obstacle = self._obstacle(erasure.calls)
        if obstacle is not None:
            self._records.erasure_waits(erasure.erasure_id, obstacle)
            return False
        now = self._clock.now()
        self._ledger.add(erasure.erasure_id, erasure.calls, mentions, now)
        destroyed = self._keys.destroy(erasure.calls)
        counts = self._records.wipe(erasure.calls, mentions, erasure.number)
        files = self._delete_prompts(now)
        proof = [fingerprint(call_id) for call_id in erasure.calls]
        counts = {**counts, "calls_erased": len(proof), "mentions": len(mentions), "prompt_files": files}
        counts["keys_destroyed"] = destroyed
        self._records.erasure_done(erasure.erasure_id, proof, counts)
        _log.info("person_erased", erasure=erasure.erasure_id, calls=len(proof))
        return True

    def _obstacle(self, call_ids: Collection[str]) -> str | None:
        """Return what must be over first; deletes the recordings on the way."""
        if self._records.holds(call_ids):
            return "a hold"
        if self._records.is_live(call_ids):
            return "the end of a call that goes on"
        if any(file.stat().st_size for file in (self._data_dir / "journal").glob(f"*{SUFFIX}")):
            return "events of calls that wait outside the database"
        for call_id in call_ids:
            listed = self._shelf.recordings_of(call_id)
            if listed is None:
                return "the phone network, which does not say which recordings there are"
            for sid in {*listed, *self._records.recordings([call_id])}:
                self._shelf.delete_recording(sid)
                if not self._shelf.is_gone(sid):
                    return f"the phone network, which still has recording {sid}"
                self._records.recording_gone(sid, call_id, self._clock.now())
                self._records.visited(sid, call_id, "eraser", "deleted")
            self._records.recording_gone(None, call_id, self._clock.now())
        return None

    def _delete_prompts(self, before: datetime) -> int:
        """Delete spoken sentences with personal words; a call that goes on speaks its own anew."""
        gone = 0
        for file in (self._data_dir / "prompts" / "personal").glob("*"):
            if file.stat().st_mtime <= before.timestamp():
                file.unlink(missing_ok=True)
                gone += 1
        return gone

    def _replay(self) -> int:
        """Erase again whom a restored database has brought back."""
        done = {erasure.erasure_id for erasure in self._records.erasures(is_done=True)}
        brought_back = {one: entry for one, entry in self._ledger.entries().items() if one not in done}
        if not brought_back:
            return 0
        by_fingerprint = {fingerprint(call_id): call_id for call_id in self._records.call_ids()}
        for erasure_id, entry in brought_back.items():
            call_ids = [by_fingerprint[one] for one in entry.calls if one in by_fingerprint]
            mentions = [by_fingerprint[one] for one in entry.mentions if one in by_fingerprint]
            counts = self._records.wipe(call_ids, mentions, None)
            self._records.erasure_done(
                erasure_id, sorted(entry.calls), {**counts, "calls_erased_again": len(call_ids)}
            )
            _log.warning("erased_again_after_restore", erasure=erasure_id, calls=len(call_ids))
        return len(brought_back)
