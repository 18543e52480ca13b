"""Conferences of the account: who is in, who hears whom, when they begin and end."""

from datetime import datetime
from typing import TYPE_CHECKING

from ivr.carrier.calls import Call
from ivr.carrier.clock import rfc2822
from ivr.carrier.media import tones
from ivr.carrier.media.mixing import mix
from ivr.carrier.media.playback import SILENT_FRAME
from ivr.carrier.recordings import Recording
from ivr.carrier.seats import Seat, SeatOptions, attend

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

# What a subscription's word stands for among the events of the status callback.
EVENTS = {
    "conference-start": "start", "conference-end": "end",
    "participant-join": "join", "participant-leave": "leave",
    "participant-mute": "mute", "participant-unmute": "mute", "participant-hold": "hold",
    "participant-unhold": "hold", "participant-modify": "modify", "announcement-end": "announcement",
    "announcement-fail": "announcement",
}  # fmt: skip


class ConferenceFull(Exception):
    """No seat is free."""


class LabelTaken(Exception):
    """Somebody in the conference has this label."""


class CoachUnknown(Exception):
    """The call to coach is not in the conference."""


class Conference:
    """One conference."""

    def __init__(self, exchange: "Exchange", name: str, first: SeatOptions, now: datetime) -> None:
        """The first participant's options fix the conference's own: callback, size, recording."""
        self.sid = exchange.sids.new("CF")
        self.name = name
        self.status = "in-progress"
        self.created = self.updated = now
        self.reason_ended: str | None = None
        self.ended_by: str | None = None
        self.seats: dict[str, Seat] = {}
        self.is_started = False
        self._exchange = exchange
        self._rules = first
        self._sequence = 0
        self._recording: Recording | None = None

    def admit(self, call: Call, options: SeatOptions) -> Seat:
        """Give a call a seat. Raises ConferenceFull, LabelTaken, CoachUnknown."""
        if len(self.seats) >= self._rules.most_participants:
            raise ConferenceFull
        if options.label and any(seat.options.label == options.label for seat in self.seats.values()):
            raise LabelTaken
        if options.coach and options.coach not in self.seats:
            raise CoachUnknown
        seat = Seat(self._exchange, self, call, options)
        self.seats[call.sid] = seat
        self.report("participant-join", seat)
        self._start_if_ready()
        if self.is_started and options.beep in ("true", "onEnter"):
            self._beep(is_entering=True)
        return seat

    def leave(self, seat: Seat, reason: str) -> None:
        """Take a call's seat away; the conference may end by it."""
        if self.seats.pop(seat.call.sid, None) is None:
            return
        self.report(
            "participant-leave", seat, ReasonParticipantLeft=reason, ParticipantCallStatus=seat.final_status
        )
        if self.status == "completed":
            return
        kicked = reason == "participant_kicked"
        if seat.ends_on_exit:
            how = "kicked" if kicked else "left"
            self.finish(f"participant-with-end-conference-on-exit-{how}", seat)
        elif not self.seats:
            self.finish("last-participant-kicked" if kicked else "last-participant-left", seat)
        elif self.is_started and seat.options.beep in ("true", "onExit"):
            self._beep(is_entering=False)

    def finish(self, reason: str, by: Seat | None = None) -> None:
        """End the conference for everybody. Harmless when it has ended."""
        if self.status == "completed":
            return
        self.status = "completed"
        self.reason_ended = reason
        self.updated = self._exchange.clock.utc()
        self.ended_by = by.call.sid if by else None
        if self._recording:
            self._exchange.recordings.stop(self._recording)
        for seat in list(self.seats.values()):
            seat.dismiss("conference_ended")
        facts = {"ReasonConferenceEnded": reason}
        if by:
            facts |= {
                "CallSidEndingConference": by.call.sid,
                "ParticipantLabelEndingConference": by.options.label,
            }
        self.report("conference-end", None, **facts)

    def heard_by(self, listener: Seat) -> bytes:
        """Return what one participant hears of the others in this tick."""
        talking = [
            seat.call.heard
            for seat in self.seats.values()
            if seat is not listener and seat.is_heard_by(listener)
        ]
        return mix(talking)

    def whole_sound(self) -> bytes:
        """Return what is recorded: everybody who is heard by all."""
        return (
            mix([seat.call.heard for seat in self.seats.values() if seat.is_heard_by(None)]) or SILENT_FRAME
        )

    def report(self, event: str, seat: Seat | None, **facts: str) -> None:
        """Tell the conference's status callback, when it asked for this event."""
        self._exchange.journal.note(
            "conference", event=event, conference_sid=self.sid, call_sid=seat.call.sid if seat else None
        )
        rules = self._rules
        if not rules.status_callback or EVENTS[event] not in rules.status_events:
            return
        form = {
            "AccountSid": self._exchange.settings.account_sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(self._sequence),
            "Timestamp": rfc2822(self._exchange.clock.utc()),
        }
        self._sequence += 1
        if seat:
            form |= seat.form()
        notice = self._exchange.notify(rules.status_method, rules.status_callback, form | facts, event, None)
        self._exchange.spawn(notice)

    def _start_if_ready(self) -> None:
        # Two are needed, and one of them must be a participant whose coming starts it.
        is_ready = len(self.seats) > 1 and any(seat.options.starts_on_enter for seat in self.seats.values())
        if self.is_started or not is_ready:
            return
        self.is_started = True
        for seat in self.seats.values():
            seat.stop_waiting()
        self.report("conference-start", None)
        if self._rules.is_recorded:
            self._recording = self._exchange.recordings.start(
                "Conference",
                [self.whole_sound],
                conference_sid=self.sid,
                callback=self._rules.recording_callback,
                is_trimmed=self._rules.is_recording_trimmed,
            )

    def _beep(self, is_entering: bool) -> None:
        for seat in self.seats.values():
            seat.overlay.add(tones.entry_beep(is_entering))


class Conferences:
    """All conferences, running and past."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self.all: dict[str, Conference] = {}

    def running(self, name_or_sid: str) -> Conference | None:
        """Return the running conference of a name or SID."""
        for conference in self.all.values():
            if conference.status != "completed" and name_or_sid in (conference.sid, conference.name):
                return conference
        return None

    def open(self, name: str, options: SeatOptions) -> Conference:
        """Return the running conference of a name, begun by `options` when there is none."""
        found = self.running(name)
        if found is None:
            found = Conference(self._exchange, name, options, self._exchange.clock.utc())
            self.all[found.sid] = found
        return found

    async def attend(self, call: Call, name: str, options: SeatOptions) -> Conference:
        """Sit in a conference until it is over for this call. Raises as `Conference.admit` does."""
        conference = self.open(name, options)
        seat = conference.admit(call, options)
        await attend(seat)
        return conference
