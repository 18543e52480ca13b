"""A leg that REST phones straight into a conference."""

from ivr.carrier.calls import Call
from ivr.carrier.conferences import CoachUnknown, ConferenceFull, LabelTaken
from ivr.carrier.exchange import Exchange
from ivr.carrier.seats import SeatOptions


async def attend_when_answered(
    exchange: Exchange, call: Call, name: str, options: SeatOptions, ring_s: float
) -> None:
    """Ring a leg and seat it; the leg ends when the conference is over for it."""
    if not await exchange.ring(call, ring_s):
        return
    try:
        await exchange.conferences.attend(call, name, options)
    except LabelTaken:
        exchange.journal.alert(16025, call.sid, options.label)
    except CoachUnknown:
        exchange.journal.alert(13240, call.sid, options.coach)
    except ConferenceFull:
        exchange.journal.note("conference", event="full", conference=name, call_sid=call.sid)
