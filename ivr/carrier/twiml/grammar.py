"""Which TwiML elements exist, what they may hold, and what their attributes mean when not given."""

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What values an attribute takes."""

    TEXT = "text"
    INTEGER = "integer"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True)
class Attribute:
    """One attribute: its kind, default ("" for none) and limits."""

    kind: Kind = Kind.TEXT
    default: str = ""
    least: int = 0
    most: int = 10**9
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Element:
    """One element: its attributes, the elements it may hold, and whether it holds text."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    is_text: bool = False
    most_children: int = 10**6


def _text(default: str = "") -> Attribute:
    return Attribute(Kind.TEXT, default)


def _integer(default: int | None, least: int = 0, most: int = 10**9) -> Attribute:
    return Attribute(Kind.INTEGER, "" if default is None else str(default), least, most)


def _flag(default: bool) -> Attribute:
    return Attribute(Kind.FLAG, "true" if default else "false")


def _choice(default: str, *others: str) -> Attribute:
    return Attribute(Kind.CHOICE, default, choices=(default, *others))


_METHOD = _choice("POST", "GET")
_SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")
_RECORD = {
    "record": _choice(
        "do-not-record", "true", "false", "record-from-answer", "record-from-ringing",
        "record-from-answer-dual", "record-from-ringing-dual",
    ),
    "recordingStatusCallback": _text(),
    "recordingStatusCallbackMethod": _METHOD,
    "recordingStatusCallbackEvent": _text("completed"),
    "recordingTrack": _choice("both", "inbound", "outbound"),
}  # fmt: skip
_CALLEE = {
    "url": _text(),
    "method": _METHOD,
    "statusCallback": _text(),
    "statusCallbackMethod": _METHOD,
    "statusCallbackEvent": _text("completed"),
    "machineDetection": _text(),
    "machineDetectionTimeout": _integer(30),
    "machineDetectionSpeechThreshold": _integer(2400),
    "machineDetectionSpeechEndThreshold": _integer(1200),
    "machineDetectionSilenceTimeout": _integer(5000),
    "amdStatusCallback": _text(),
    "amdStatusCallbackMethod": _METHOD,
}

# Defaults and limits: docs/voice/twiml pages as collected in the reference's table of verbs.
ELEMENTS: dict[str, Element] = {
    "Response": Element(
        children=(
            "Say", "Play", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave", "Redirect", "Reject",
            "Hangup", "Connect", "Start", "Stop", "Refer",
        )
    ),
    "Say": Element({"voice": _text("man"), "language": _text(), "loop": _integer(1)}, _SSML, is_text=True),
    "Play": Element({"loop": _integer(1), "digits": _text()}, is_text=True),
    "Pause": Element({"length": _integer(1)}),
    "Gather": Element(
        {
            "action": _text(), "method": _METHOD, "timeout": Attribute(Kind.TEXT, "5"),
            "finishOnKey": _text("#"), "numDigits": _integer(None, 1), "input": _text("dtmf"),
            "speechTimeout": _text(), "speechModel": _text(), "actionOnEmptyResult": _flag(False),
            "language": _text("en-US"), "hints": _text(), "profanityFilter": _flag(True),
            "maxSpeechTime": _integer(60), "enhanced": _flag(False), "partialResultCallback": _text(),
            "partialResultCallbackMethod": _METHOD, "bargeIn": _flag(True), "debug": _flag(False),
            "dtmfDetection": _text(),
        },
        ("Say", "Play", "Pause"),
    ),
    "Record": Element(
        {
            "action": _text(), "method": _METHOD, "timeout": _integer(5),
            "finishOnKey": _text("1234567890*#"),
            "maxLength": _integer(3600, 1), "playBeep": _flag(True),
            "trim": _choice("trim-silence", "do-not-trim"), "recordingStatusCallback": _text(),
            "recordingStatusCallbackMethod": _METHOD, "recordingStatusCallbackEvent": _text("completed"),
            "transcribe": _flag(False), "transcribeCallback": _text(),
        }
    ),
    "Dial": Element(
        {
            "action": _text(), "method": _METHOD, "timeout": _integer(30, 5, 600),
            "timeLimit": _integer(14400, 1), "hangupOnStar": _flag(False), "answerOnBridge": _flag(False),
            "callerId": _text(), "trim": _choice("do-not-trim", "trim-silence"), "sequential": _flag(False),
            "referUrl": _text(), "referMethod": _METHOD, "ringTone": _text(), **_RECORD,
        },
        ("Number", "Client", "Conference", "Queue", "Sip"),
        is_text=True,
        most_children=10,
    ),
    "Number": Element({**_CALLEE, "sendDigits": _text(), "byoc": _text()}, is_text=True),
    "Client": Element({**_CALLEE, "clientNotificationUrl": _text()}, ("Identity", "Parameter"), is_text=True),
    "Identity": Element(is_text=True),
    "Sip": Element({**_CALLEE, "username": _text(), "password": _text()}, is_text=True),
    "Conference": Element(
        {
            "muted": _flag(False), "beep": _choice("true", "false", "onEnter", "onExit"),
            "startConferenceOnEnter": _flag(True), "endConferenceOnExit": _flag(False),
            "participantLabel": _text(), "waitUrl": _text(), "waitMethod": _METHOD,
            "maxParticipants": _integer(250, 1, 250), "record": _choice("do-not-record", "record-from-start"),
            "trim": _choice("trim-silence", "do-not-trim"), "coach": _text(),
            "jitterBufferSize": _text("large"),
            "region": _text(), "statusCallback": _text(), "statusCallbackMethod": _METHOD,
            "statusCallbackEvent": _text(), "recordingStatusCallback": _text(),
            "recordingStatusCallbackMethod": _METHOD, "recordingStatusCallbackEvent": _text("completed"),
            "eventCallbackUrl": _text(),
        },
        is_text=True,
    ),
    "Queue": Element(
        {"url": _text(), "method": _METHOD, "reservationSid": _text(), "postWorkActivitySid": _text()},
        is_text=True,
    ),
    "Enqueue": Element(
        {
            "action": _text(), "method": _METHOD, "waitUrl": _text(), "waitUrlMethod": _METHOD,
            "workflowSid": _text(), "maxQueueSize": _integer(100, 1, 5000),
        },
        ("Task",),
        is_text=True,
    ),
    "Task": Element({"priority": _integer(0), "timeout": _integer(86400)}, is_text=True),
    "Leave": Element(),
    "Redirect": Element({"method": _METHOD}, is_text=True),
    "Reject": Element({"reason": _choice("rejected", "busy")}, ("Parameter",)),
    "Hangup": Element(children=("Parameter",)),
    "Refer": Element({"action": _text(), "method": _METHOD}, ("Sip",)),
    "Connect": Element({"action": _text(), "method": _METHOD}, ("Stream",), most_children=1),
    "Start": Element({"action": _text(), "method": _METHOD}, ("Stream",), most_children=1),
    "Stop": Element(children=("Stream",), most_children=1),
    "Stream": Element(
        {
            "url": _text(), "name": _text(), "connectorName": _text(),
            "track": _text("inbound_track"), "statusCallback": _text(), "statusCallbackMethod": _METHOD,
        },
        ("Parameter",),
    ),
    "Parameter": Element({"name": _text(), "value": _text()}),
    **{
        name: Element(
            {key: _text() for key in ("strength", "time", "level", "xml:lang", "alphabet", "ph", "volume",
                                      "rate", "pitch", "interpret-as", "role", "format", "alias")},
            _SSML,
            is_text=True,
        )
        for name in _SSML
    },
}  # fmt: skip
