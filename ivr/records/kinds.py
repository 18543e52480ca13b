"""The names of everything that can happen in a call; the record stream's vocabulary."""

from enum import StrEnum


class Kind(StrEnum):
    """Kinds of call events, in the order a call usually meets them."""

    CALL_STARTED = "call_started"  # caller_known: bool
    STREAM_OPENED = "stream_opened"  # stream_id
    STREAM_LOST = "stream_lost"  # reason
    PROMPT_STARTED = "prompt_started"  # prompt_id, text, language
    PROMPT_ENDED = "prompt_ended"  # prompt_id, heard_s, is_complete; heard_text when it was cut
    DISCLOSURE_PLAYED = "disclosure_played"  # text_version, language, is_complete
    SPEECH_STARTED = "speech_started"
    UTTERANCE_HEARD = "utterance_heard"  # turn, text, asr_confidence, doubt, engine, model
    KEYS_ENTERED = "keys_entered"  # turn, digits
    NO_INPUT = "no_input"  # step, level
    NO_MATCH = "no_match"  # step, level
    TURN_ANSWERED = "turn_answered"  # turn, intent, intent_confidence, verdict, expects, timings
    BARGE_IN = "barge_in"  # prompt_id
    BARGE_IN_DISMISSED = "barge_in_dismissed"  # reason, text: it was no turn, the bot goes on
    LOOKED_UP = "looked_up"  # system, found
    ESCALATED = "escalated"  # reason
    TRANSFER_MOVED = "transfer_moved"  # transfer_id, state, agent
    CALLBACK_NUMBER_GIVEN = "callback_number_given"  # number: keyed in while waiting, not confirmed yet
    CALLBACK_BOOKED = "callback_booked"  # case_number
    CALLBACK_CLOSED = "callback_closed"  # case_number, outcome ("done", "failed"), agent
    CALLBACK_REOPENED = "callback_reopened"  # case_number, agent
    TRANSFER_DECLINED = "transfer_declined"  # transfer_id, agent, why: at the desk, with a reason
    TRANSCRIPT_VIEWED = "transcript_viewed"  # agent: somebody at the desk looked at the call's words
    CALL_ENDED = "call_ended"  # outcome, reason
