"""Every TwiML document the service answers with. Pure over twilio's builder, which escapes all text.

Paths are root-relative: the network resolves them against the document it fetched. `<Play>` takes
absolute URLs, because its fetch is no webhook and may go another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from twilio.twiml.voice_response import Connect, Dial, Enqueue, Gather, VoiceResponse

RECORD_SILENCE_S = 3  # ends a caller's <Record> turn; callers pause up to 2 s inside an order number
RECORD_MAX_S = 30  # the longest utterance the transcriber takes
KEYS_WAIT_S = 5
AGENT_KEY_WAIT_S = 6
MESSAGE_SILENCE_S = 4
EARLY_KEY_WAIT_S = 1  # the least the network takes; then the beep says that words are heard too
BRIEF_SILENCE_S = 3
BRIEF_MAX_S = 8
OFFER_WAIT_S = 4
HOLD_KEY_WAIT_S = 1  # after the music ended without a key: no caller on hold sits in silence
HOLD_NEXT_KEY_WAIT_S = 3  # between two keys of a number
_NETWORK_VOICES = {"en": "en-US", "sv": "sv-SE", "nb": "nb-NO", "fi": "fi-FI"}  # Twilio wants the country too


@dataclass(frozen=True)
class SpokenLine:
    """One thing to say: our own audio, or Twilio's voice where there is none (`audio_url` None)."""

    text: str
    language: str
    audio_url: str | None


def connect_stream(stream_url: str, after_path: str) -> str:
    """Open the two-way media stream; when it ends the network asks `after_path`."""
    response = VoiceResponse()
    connect = Connect(action=after_path)
    connect.stream(url=stream_url)
    response.append(connect)
    return str(response)


def hang_up() -> str:
    """End the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def say_and_hang_up(lines: Sequence[SpokenLine]) -> str:
    """Say the lines, then end the call."""
    response = VoiceResponse()
    _say(response, lines)
    response.hangup()
    return str(response)


def say_and_go_on(lines: Sequence[SpokenLine], path: str) -> str:
    """Say the lines, then ask `path`; a leg that hangs up while it listens never gets there."""
    response = VoiceResponse()
    _say(response, lines)
    response.redirect(path)
    return str(response)


def pause_and_go_on(seconds: int, path: str) -> str:
    """Be silent for a moment, then ask `path`."""
    response = VoiceResponse()
    response.pause(length=seconds)
    response.redirect(path)
    return str(response)


def hear_caller(lines: Sequence[SpokenLine], turn_path: str) -> str:
    """Say the lines, beep, and record one turn; a key ends it. An empty recording asks `turn_path` too."""
    response = VoiceResponse()
    _say_then_record(response, lines, turn_path, RECORD_SILENCE_S, RECORD_MAX_S)
    response.redirect(turn_path)
    return str(response)


def hear_keys(lines: Sequence[SpokenLine], turn_path: str, num_digits: int | None) -> str:
    """Say the lines while taking keys; nothing pressed asks `turn_path` too."""
    response = VoiceResponse()
    gather = Gather(
        action=turn_path,
        input="dtmf",
        num_digits=num_digits,
        finish_on_key="#",
        timeout=KEYS_WAIT_S,
        action_on_empty_result=True,
    )
    _say(gather, lines)
    response.append(gather)
    response.redirect(turn_path)
    return str(response)


def wait_in_queue(lines: Sequence[SpokenLine], queue: str, wait_path: str, after_path: str) -> str:
    """Say the lines, then park the caller in the queue; the network asks `wait_path` over and over."""
    response = VoiceResponse()
    _say(response, lines)
    response.enqueue(queue, action=after_path, wait_url=wait_path)
    return str(response)


def hold(lines: Sequence[SpokenLine], music_url: str, key_path: str) -> str:
    """Say the lines and play the hold music once, taking one key; without a key the network asks again."""
    response = VoiceResponse()
    gather = Gather(action=key_path, input="dtmf", num_digits=1, finish_on_key="", timeout=HOLD_KEY_WAIT_S)
    _say(gather, lines)
    gather.play(music_url)
    response.append(gather)
    return str(response)


def ask_on_hold(
    lines: Sequence[SpokenLine], music_url: str, key_path: str, wait_path: str, num_digits: int | None
) -> str:
    """Ask a waiting caller for keys with the music going on; without any the network asks `wait_path`.

    `num_digits` None takes any number of keys, ended by # or a pause.
    """
    response = VoiceResponse()
    gather = Gather(
        action=key_path,
        input="dtmf",
        num_digits=num_digits,
        finish_on_key="" if num_digits == 1 else "#",
        timeout=HOLD_KEY_WAIT_S if num_digits == 1 else HOLD_NEXT_KEY_WAIT_S,
    )
    _say(gather, lines)
    gather.play(music_url)
    response.append(gather)
    response.redirect(wait_path)
    return str(response)


def wait_for_workflow(
    lines: Sequence[SpokenLine], workflow_sid: str, task: str, wait_path: str, after_path: str
) -> str:
    """Say the lines, then give the caller to a TaskRouter workflow with its task (JSON)."""
    response = VoiceResponse()
    _say(response, lines)
    enqueue = Enqueue(workflow_sid=workflow_sid, action=after_path, wait_url=wait_path)
    enqueue.task(task)
    response.append(enqueue)
    return str(response)


def take_message(lines: Sequence[SpokenLine], taken_path: str, max_s: int) -> str:
    """Say the lines, beep, and record a message; # or a pause ends it. An empty one asks `taken_path` too."""
    response = VoiceResponse()
    _say(response, lines)
    response.record(
        action=taken_path,
        timeout=MESSAGE_SILENCE_S,
        max_length=max_s,
        finish_on_key="#",
        play_beep=True,
        trim="do-not-trim",
    )
    response.redirect(taken_path)
    return str(response)


def ask_briefly(lines: Sequence[SpokenLine], answer_path: str, silent_path: str | None) -> str:
    """Ask for one key or a word; who says nothing goes on at `silent_path`, or hangs up where it is None."""
    response = VoiceResponse()
    _say_then_record(response, lines, answer_path, BRIEF_SILENCE_S, BRIEF_MAX_S)
    if silent_path is None:
        response.hangup()
    else:
        response.redirect(silent_path)
    return str(response)


def offer_key(lines: Sequence[SpokenLine], key_path: str) -> str:
    """Say the lines while taking one key; without a key the call ends."""
    response = VoiceResponse()
    gather = Gather(action=key_path, input="dtmf", num_digits=1, finish_on_key="", timeout=OFFER_WAIT_S)
    _say(gather, lines)
    response.append(gather)
    response.hangup()
    return str(response)


def play_for_ever(audio_url: str) -> str:
    """Play one sound over and over: what a parked leg hears."""
    response = VoiceResponse()
    response.play(audio_url, loop=0)
    return str(response)


def leave_queue() -> str:
    """Take the caller out of the queue; the network then asks the queue's action."""
    response = VoiceResponse()
    response.leave()
    return str(response)


def join_conference(lines: Sequence[SpokenLine], room: str, after_path: str, is_starting: bool = True) -> str:
    """Say the lines, then join the two-person room that starts with its first and ends with its last.

    Caller and agent get the same flags. `endConferenceOnExit` on both sides means that nobody stays
    alone: the other's `<Dial>` ends at once and the network asks `after_path` on the leg still there,
    so a lost agent never cuts the caller off and needs no status callback to be noticed. The room
    keeps the network's own wait music: a waitUrl of ours that failed would keep the room shut.
    """
    response = VoiceResponse()
    _say(response, lines)
    dial = Dial(action=after_path)
    dial.conference(
        room,
        beep=False,
        start_conference_on_enter=is_starting,
        end_conference_on_exit=True,
        max_participants=2,
    )
    response.append(dial)
    return str(response)


def brief_agent(lines: Sequence[SpokenLine], key_path: str, no_key_path: str) -> str:
    """Say the briefing while taking one key; without a key the network asks `no_key_path`."""
    response = VoiceResponse()
    gather = Gather(action=key_path, input="dtmf", num_digits=1, finish_on_key="", timeout=AGENT_KEY_WAIT_S)
    _say(gather, lines)
    response.append(gather)
    response.redirect(no_key_path)
    return str(response)


def _say(verb: VoiceResponse | Gather, lines: Sequence[SpokenLine]) -> None:
    for line in lines:
        if line.audio_url is None:
            verb.say(line.text, language=_NETWORK_VOICES[line.language])
        else:
            verb.play(line.audio_url)


def _say_then_record(
    response: VoiceResponse, lines: Sequence[SpokenLine], path: str, silence_s: int, longest_s: int
) -> None:
    """Say the lines while taking one key, beep, and record until silence or a key; both go to `path`.

    A recording hears no key that is pressed before it began, and callers press while they are told which.
    """
    gather = Gather(action=path, input="dtmf", num_digits=1, finish_on_key="", timeout=EARLY_KEY_WAIT_S)
    _say(gather, lines)
    response.append(gather)
    response.record(
        action=path,
        timeout=silence_s,
        max_length=longest_s,
        finish_on_key="1234567890*#",
        play_beep=True,
        trim="do-not-trim",
    )
