"""The words of the desk: reasons, next steps, statuses and outcomes as an agent reads them. Pure."""

from ivr.handoff.callback_try import TryState
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.transfer import TransferState

R = EscalationReason
S = TransferState

REASONS: dict[EscalationReason, str] = {
    R.ASKED_FOR_PERSON: "Asked for a person",
    R.PRESSED_ZERO: "Pressed 0 for a person",
    R.NOT_UNDERSTOOD: "The bot did not understand",
    R.NO_INPUT: "The bot could not hear anything",
    R.FRUSTRATED: "Words show frustration with the bot",
    R.VERIFICATION_FAILED: "Order number and postcode did not match",
    R.DIALOGUE_UNAVAILABLE: "The bot had a technical fault",
    R.SPEECH_UNAVAILABLE: "Speech recognition failed",
    R.ORDERS_UNAVAILABLE: "The order system did not answer",
    R.EMERGENCY: "Mentioned an emergency",
    R.CALL_TOO_LONG: "The call took too long",
    R.LINES_FULL: "The bot had no line free",
    R.PEOPLE_FIRST: "All calls go to people",
    R.UPSET: "Upset about what happened",
    R.COMPLAINT: "Wants to complain",
    R.LEGAL_THREAT: "Mentioned legal steps",
    R.SAFETY: "Something may be dangerous",
    R.MONEY_LOST: "Money is missing",
    R.VULNERABLE: "Needs more help than the bot can give",
    R.BEREAVEMENT: "Somebody has died",
    R.DEADLINE: "There is a deadline",
    R.COMPLEX: "Several problems at once",
    R.KEPT_REPEATING: "Had to say the same thing again and again",
    R.TOPIC_RESERVED: "A matter that people decide",
    R.VALUE_AT_STAKE: "A lot of money is at stake",
    R.CALLED_BEFORE: "Has called about this before",
}

NEXT_STEPS: dict[EscalationReason, str] = {
    R.ASKED_FOR_PERSON: "Say that you have read the case and ask what you can do.",
    R.PRESSED_ZERO: "Ask what it is about; they may not have told the bot.",
    R.NOT_UNDERSTOOD: "Ask them to say it once more in their own words; read the conversation for hints.",
    R.NO_INPUT: "Check that you hear each other. If not, offer to call back.",
    R.FRUSTRATED: "Say sorry first and let them finish; then take one step at a time.",
    R.VERIFICATION_FAILED: "Check name, order number and postcode before you read out anything of an order.",
    R.DIALOGUE_UNAVAILABLE: "Say sorry for the technical fault and take the matter from the start.",
    R.SPEECH_UNAVAILABLE: "Say sorry for the technical fault; nothing they said was understood.",
    R.ORDERS_UNAVAILABLE: "Look the order up by hand; if you cannot either, promise a call back.",
    R.EMERGENCY: "Ask whether anybody is in danger. If so: hang up and call 112 now.",
    R.PEOPLE_FIRST: "Ask what it is about; the bot did not, as all calls go to people now.",
    R.LINES_FULL: "Ask what it is about; the bot had no line free and has asked nothing.",
    R.CALL_TOO_LONG: "Thank them for their patience; they have been on the line for long.",
    R.UPSET: "Say that you have seen what happened and are sorry; then say what you will do about it.",
    R.COMPLAINT: "Let them tell it once, write it down as a complaint and give the case number.",
    R.LEGAL_THREAT: "Stay with the facts, promise nothing, and write down what they want and by when.",
    R.SAFETY: "Ask first whether anybody is hurt; tell them to stop using the product.",
    R.MONEY_LOST: "Look at the payments together; say when the money will be back or who decides.",
    R.VULNERABLE: "Take your time and do it for them rather than explaining how.",
    R.BEREAVEMENT: "Say that you are sorry for their loss; do what you can without asking for papers twice.",
    R.DEADLINE: "Say first what is possible before their date.",
    R.COMPLEX: "Sum up all their problems once, then take them one at a time.",
    R.KEPT_REPEATING: "Do not ask them to say it again: read the conversation and begin from there.",
    R.TOPIC_RESERVED: "Decide it yourself or say who will, and when they hear of it.",
    R.VALUE_AT_STAKE: "Check the order carefully before you promise anything.",
    R.CALLED_BEFORE: "Read what was said in the earlier calls before you ask.",
}

READ_NOTHING_YET = "Not checked yet: ask for order number and postcode before you read out an order."

# What usually helps, by how the order stands, else by what the caller wants.
STEPS_BY_ORDER_STATUS = {
    "delayed": "Say what is known of the new date; if none is, offer to call when there is one.",
    "out_for_delivery": "It comes today: give the tracking code and say until when.",
    "delivered": "Ask where they looked and who else could have taken it in; then open a search.",
    "cancelled": "Say when it was cancelled and where the money goes.",
}
STEPS_BY_INTENT = {
    "change_order": "See how far the order is before you promise a change.",
    "cancel_order": "See how far the order is; if it has left, explain the return instead.",
    "return_item": "Ask for the item and the reason, then send the return label.",
    "return_status": "Look the return up and say when the money comes.",
    "invoice": "Offer to send the invoice again, to the address on record.",
    "payment_problem": "Never ask for a card number; send a new payment link instead.",
    "complaint": "Let them tell it once, say it back in a sentence, then offer one remedy.",
    "change_details": "Check who they are first; then change it and read it back.",
    "delete_my_data": "Check who they are; note the wish, and say by when it is done.",
    "stock": "Look the item up; if it is out, offer to send word when it is back.",
}

ORDER_STATUSES = {
    "received": "Received",
    "packed": "Packed",
    "shipped": "Shipped",
    "out_for_delivery": "Out for delivery",
    "delivered": "Delivered",
    "delayed": "Delayed",
    "cancelled": "Cancelled",
}

# What the bot did, by the prompts it said or the keys the dialogue keeps; the same deed is named once.
TRIED = {
    "asked_order_number": "Asked for the order number",
    "utter_ask_order_number": "Asked for the order number",
    "asked_postcode": "Asked for the postcode",
    "utter_ask_postcode": "Asked for the postcode",
    "utter_no_match_for_order": "Told them that number and postcode do not match",
    "utter_cannot_verify": "Could not verify the caller",
    "utter_orders_unavailable": "Tried to look the order up; the order system did not answer",
    "read_status": "Read the order's status",
    "read_opening_hours": "Read the opening hours",
    "utter_opening_hours": "Read the opening hours",
    "utter_cannot_help": "Said that it cannot help with this",
    "utter_help": "Explained what it can do",
    "utter_call_112": "Told them to call 112 in an emergency",
} | {f"utter_order_{status}": "Read the order's status" for status in ORDER_STATUSES}

OUTCOMES = {
    "solved_by_bot": "Answered by the bot",
    "connected_to_person": "Talked to a person",
    "callback_booked": "Callback booked",
    "message_taken": "Left a message",
    "caller_hung_up": "Caller hung up",
}

WAITING = {
    S.REQUESTED: "Waiting for a free agent",
    S.DIALING: "{agent}'s phone is ringing",
    S.BRIEFING: "{agent} is being briefed",
}

MOVED = {
    S.REQUESTED: "Waiting for a free agent",
    S.DIALING: "{agent}'s phone rings",
    S.BRIEFING: "{agent} hears the briefing",
    S.BRIDGED: "{agent} and the caller are joined",
    S.AGENT_LOST: "{agent}'s line dropped",
    S.ENDED: "The caller hung up",
    S.MESSAGE: "The caller leaves a message",
    S.RETURNED: "{agent} sent the caller back to the assistant",
    S.GIVEN_UP: "Nobody was free",
    S.ABANDONED: "The caller hung up before anybody joined",
}

CALLING_BACK: dict[str, str] = {
    TryState.AGENT_RINGS: "{agent}'s phone rings",
    TryState.AGENT_BRIEFED: "{agent} is being briefed",
    TryState.CALLER_RINGS: "Ringing them for {agent}",
    TryState.CALLER_ASKED: "They answered; waiting for their key",
    TryState.JOINED: "{agent} is talking to them",
}

DECLINE_REASONS = {
    "busy": "Busy with something else",
    "break": "On a break",
    "not_mine": "Not my area",
    "other": "Another reason",
}

# What the desk says after an action, by its answer.
ANSWERS = {
    "joining": "The caller is yours: you are being joined now.",
    "pick_up": "Pick up your phone first; it is still ringing.",
    "press_one": "The caller is yours. Press 1 on your phone to join.",
    "declined": "Declined. The next agent is asked.",
    "taken": "This caller is no longer yours: somebody else has them, or is being asked.",
    "caller_gone": "The caller has hung up.",
    "still_talking": "Notes are kept as you type; save them when the call is over.",
    "held": "The caller hears music and cannot hear you.",
    "unheld": "You hear each other again.",
    "with_bot": "The caller is with the assistant again.",
    "line_failed": "The phone network did not do it. Try again.",
    "assigned": "Assigned: their phone rings now.",
    "not_assigned": "That did not work: the agent is busy, or the caller is answered or gone.",
    "people_first_on": "All calls go to people now. Calls with the bot are offered a person.",
    "people_first_off": "The bot answers again.",
    "noted": "Noted. You are available for the next caller.",
    "already_noted": "The notes of this call are finished already.",
    "choose_one": "Choose how the call ended, then save.",
    "not_yours": "This call was not yours.",
    "available": "You are available. Your phone will ring for callers.",
    "away": "You are away. Your phone will not ring.",
    "callback_ringing": "Your phone rings; then theirs. Press 1 on yours to go on.",
    "callback_not_now": "People may not be called at this hour.",
    "callback_no_tries_left": "All tries are used up.",
    "callback_not_allowed": "Calls to this number are not allowed: it costs extra, or is in another country.",
    "callback_not_today": "This number was called today, for another case. It can be called again tomorrow.",
    "callback_taken": "Somebody else is calling them now.",
    "callback_agent_busy": "You are on a call.",
    "callback_done": "Callback marked as done.",
    "callback_tried": "Noted: not reached. It stays on the list for another try.",
    "callback_failed": "Not reached, and that was the last try: the callback is closed.",
    "callback_open": "The callback is open again.",
    "callback_gone": "This callback was closed already.",
    "records_away": "The records do not answer. Nothing was changed; try again in a moment.",
}


def reason(value: str) -> str:
    """Return a reason in words; an unknown one with spaces for its underscores."""
    return REASONS[EscalationReason(value)] if value in set(EscalationReason) else plain(value)


def plain(value: str) -> str:
    """Return a name as words."""
    return value.replace("_", " ").capitalize()


def outcome(value: str | None) -> str:
    """Return how a call ended in words."""
    return "Still going on" if value is None else OUTCOMES.get(value, plain(value))
