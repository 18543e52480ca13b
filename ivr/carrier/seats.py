"""One participant's place in a conference: what it hears, whether it is heard, how it leaves."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.carrier.calls import Call, Page
from ivr.carrier.media import tones
from ivr.carrier.media.mixing import mix
from ivr.carrier.media.playback import FrameSource, Loop, Playback
from ivr.carrier.twiml.script import HangUp, Script, ScriptFailed

if TYPE_CHECKING:
    from ivr.carrier.conferences import Conference
    from ivr.carrier.exchange import Exchange

WAIT_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
_SHORTEST_HOLD_RUN_S = 1.0  # an empty HoldUrl document is not asked for faster than this


@dataclass(frozen=True)
class SeatOptions:
    """What a participant brings; the fields from `status_callback` on count for the first one only.

    `wait_url` None is the default music, "" silence.
    """

    label: str = ""
    is_muted: bool = False
    beep: str = "true"
    starts_on_enter: bool = True
    ends_on_exit: bool = False
    coach: str = ""
    wait_url: str | None = None
    wait_method: str = "POST"
    most_participants: int = 250
    status_callback: str = ""
    status_method: str = "POST"
    status_events: frozenset[str] = frozenset()
    is_recorded: bool = False
    is_recording_trimmed: bool = True
    recording_callback: tuple[str, str, frozenset[str]] | None = None


class Seat:
    """One participant."""

    def __init__(
        self, exchange: "Exchange", conference: "Conference", call: Call, options: SeatOptions
    ) -> None:
        self.conference = conference
        self.call = call
        self.options = options
        self.created = self.updated = exchange.clock.utc()
        self.is_muted = options.is_muted
        self.is_held = False
        self.ends_on_exit = options.ends_on_exit
        self.coach = options.coach
        self.overlay = Playback()
        self.gone = asyncio.Event()
        self.reason_left = "participant_hung_up"
        self._exchange = exchange
        self._wait_sound: FrameSource = Playback()
        self._hold_sound: FrameSource = Playback()
        self._waiting: asyncio.Task[None] | None = None
        self._holding: asyncio.Task[None] | None = None

    @property
    def final_status(self) -> str:
        """Return the call's status as the leave event tells it."""
        return "completed" if self.call.is_ending or self.call.is_over else self.call.status

    def is_heard_by(self, listener: "Seat | None") -> bool:
        """Tell whether a participant is heard by another one, or by all (None)."""
        if self.is_muted or self.is_held:
            return False
        return not self.coach or (listener is not None and listener.call.sid == self.coach)

    def next_frame(self) -> bytes:
        """Return what this participant hears in this tick."""
        if self.is_held:
            base = self._hold_sound.next_frame()
        elif not self.conference.is_started:
            base = self._wait_sound.next_frame()
        else:
            base = self.conference.heard_by(self)
        return base if self.overlay.is_empty else mix([base, self.overlay.next_frame()])

    def start_waiting(self) -> None:
        """Play the wait music until the conference starts; a waitUrl's document runs once."""
        if self.conference.is_started or self.options.wait_url == "":
            return
        if self.options.wait_url is None:
            self._wait_sound = Loop(tones.waiting_music())
            return
        sound = self._wait_sound = Playback()
        page = Page(self.options.wait_url, self.options.wait_method)
        self._waiting = self._exchange.spawn(self._play(sound, page))

    def stop_waiting(self) -> None:
        """End the wait music."""
        if self._waiting:
            self._waiting.cancel()

    def hold(self, url: str, method: str) -> None:
        """Take the participant out of the conversation and play HoldUrl, or the default music."""
        self.is_held = True
        self._stop_holding()
        if url:
            sound = self._hold_sound = Playback()
            self._holding = self._exchange.spawn(self._play_for_ever(sound, Page(url, method)))
        else:
            self._hold_sound = Loop(tones.waiting_music())

    def unhold(self) -> None:
        """Bring the participant back."""
        self.is_held = False
        self._stop_holding()

    def announce(self, page: Page) -> None:
        """Play something to this participant only."""
        self._exchange.spawn(self._play(self.overlay, page))

    def dismiss(self, reason: str) -> None:
        """Send the participant out of the conference."""
        self.reason_left = reason
        self.gone.set()

    def close(self) -> None:
        """Stop what is being played."""
        self.stop_waiting()
        self._stop_holding()

    def form(self) -> dict[str, str]:
        """Return the participant's fields of a conference event."""
        flags = {
            "Muted": self.is_muted,
            "Hold": self.is_held,
            "Coaching": bool(self.coach),
            "EndConferenceOnExit": self.ends_on_exit,
            "StartConferenceOnEnter": self.options.starts_on_enter,
        }
        form = {"CallSid": self.call.sid, **{name: str(value).lower() for name, value in flags.items()}}
        return form | ({"ParticipantLabel": self.options.label} if self.options.label else {})

    def _stop_holding(self) -> None:
        if self._holding:
            self._holding.cancel()

    async def _play(self, sound: Playback, page: Page) -> None:
        script = Script(self._exchange, self.call, sound, allowed=WAIT_VERBS, extra=self._conference_form)
        try:
            await script.run(page)
        except (HangUp, ScriptFailed):
            return

    async def _play_for_ever(self, sound: Playback, page: Page) -> None:
        while True:
            began_s = self._exchange.clock.now_s()
            await self._play(sound, page)
            left_s = began_s + _SHORTEST_HOLD_RUN_S - self._exchange.clock.now_s()
            await self._exchange.clock.sleep(max(0.0, left_s))

    def _conference_form(self) -> dict[str, str]:
        return {"ConferenceSid": self.conference.sid, "FriendlyName": self.conference.name}


async def attend(seat: Seat) -> None:
    """Sit until dismissed; being cancelled is leaving as well."""
    seat.start_waiting()
    try:
        with seat.call.hearing(seat):
            await seat.gone.wait()
    except asyncio.CancelledError:
        if not seat.call.is_ending:
            seat.reason_left = "participant_updated_via_api"
        raise
    finally:
        seat.close()
        seat.conference.leave(seat, seat.reason_left)
