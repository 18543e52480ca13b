"""The names of everything that can happen in a call; the record stream's vocabulary."""

from enum import StrEnum


class Kind(StrEnum):
    """Kinds of call events, in the order a call usually meets them."""

    CALL_STARTED = "call_started"  # caller_known; release: model and texts; is_synthetic when it is made up
    STREAM_OPENED = "stream_opened"  # stream_id
    STREAM_LOST = "stream_lost"  # reason
    PROMPT_STARTED = "prompt_started"  # prompt_id, text, language
    PROMPT_ENDED = "prompt_ended"  # prompt_id, heard_s, is_complete; heard_text when it was cut
    DISCLOSURE_PLAYED = "disclosure_played"  # text_version, language, is_complete
    RECORDING_NOTICE_PLAYED = "recording_notice_played"  # purpose, text_version, language, is_complete
    RECORDING_ANSWERED = "recording_answered"  # purpose, is_agreed, by ("key", "word", "silence")
    RECORDING_STEERED = "recording_steered"  # order ("start", "pause", ...), is_done
    SPEECH_STARTED = "speech_started"
    # turn, text, asr_confidence, doubt, engine, model; endpoint: why the turn was taken to be over;
    # sentence_odds: a sentence the bot was taught was taken for other words, by so much
    UTTERANCE_HEARD = "utterance_heard"
    KEYS_ENTERED = "keys_entered"  # turn, digits
    SECRET_WITHHELD = "secret_withheld"  # what ("card", "personal_number"), is_keyed, step: told and not kept
    NO_INPUT = "no_input"  # step, level
    NO_MATCH = "no_match"  # step, level
    TURN_ANSWERED = "turn_answered"  # turn, intent, intent_confidence, verdict, expects, timings
    BARGE_IN = "barge_in"  # prompt_id; voiced_s, open_s, first_words: why it counted as talk
    BARGE_IN_DISMISSED = "barge_in_dismissed"  # reason, text: it was no turn, the bot goes on
    LOOKED_UP = "looked_up"  # system, found
    LANGUAGE_CHANGED = "language_changed"  # from, to, by ("key", "request", "words", "sound")
    # turn, step, points, threshold, counted, policy_version, words_model, situation; same_case: earlier calls
    TRIAGED = "triaged"
    ESCALATED = "escalated"  # reason; with triage also points, threshold, counted, policy_version, rule, mood
    TRANSFER_MOVED = "transfer_moved"  # transfer_id, state, agent
    CALLBACK_NUMBER_GIVEN = "callback_number_given"  # number: keyed in while waiting, not confirmed yet
    CALLBACK_BOOKED = "callback_booked"  # case_number
    MESSAGE_ASKED = "message_asked"  # case_number: the caller leaves a message instead of waiting
    MESSAGE_TAKEN = "message_taken"  # case_number, is_spoken
    MESSAGE_WRITTEN = "message_written"  # case_number, text, is_clear; text is personal
    ROUTING_FAILED = "routing_failed"  # transfer_id, why: the contact centre could not take the caller
    HOLD_STARTED = "hold_started"  # transfer_id, agent: the agent parked the caller
    HOLD_ENDED = "hold_ended"  # transfer_id, agent
    SENT_BACK = "sent_back"  # transfer_id, agent: to the bot, for a routine part
    SURVEY_ANSWERED = (
        "survey_answered"  # question ("solved": 1 or 0, "rating": 1 to 5), value, way ("key", "voice")
    )
    TEXT_ASKED = "text_asked"  # text_id, about
    TEXT_SENT = "text_sent"  # text_id, is_sent
    CALLBACK_TRIED = "callback_tried"  # case_number, try_id, agent, state
    CALLBACK_CLOSED = "callback_closed"  # case_number, outcome ("done", "failed"), agent
    CALLBACK_REOPENED = "callback_reopened"  # case_number, agent
    TRANSFER_DECLINED = "transfer_declined"  # transfer_id, agent, why: at the desk, with a reason
    TRANSCRIPT_VIEWED = "transcript_viewed"  # agent: somebody at the desk looked at the call's words
    NOTES_VIEWED = "notes_viewed"  # agent: somebody at the desk saw what was written after this call
    WRAPPED_UP = "wrapped_up"  # transfer_id, agent, disposition: after the call; the notes are elsewhere
    TRANSFER_ASSIGNED = "transfer_assigned"  # transfer_id, agent, by: a supervisor chose who is asked
    PRIVACY_REQUESTED = "privacy_requested"  # case_number, wanted ("copy", "deletion"), order_number
    CALL_ENDED = "call_ended"  # outcome, reason
