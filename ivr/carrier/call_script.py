"""What a scripted call consists of: the people in it, the state of the line, and who does what when."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

INBOUND_NUMBER = "+46850000000"
NUMBER = r"^\+[1-9]\d{6,14}$"
KEYS = r"^[0-9*#]+$"


def _fraction(value: Any) -> Any:
    """Read "3%" as 0.03; everything else is left as it is."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(value.strip()[:-1]) / 100
    return value


def _yes(value: Any) -> Any:
    """Read the words that mean yes in YAML."""
    return True if str(value).lower() in ("true", "yes", "on") else value


Yes = Annotated[Literal[True], BeforeValidator(_yes)]
PhoneNumber = Annotated[str, Field(pattern=NUMBER)]
Seconds = Annotated[float, Field(ge=0, le=600)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def plain(text: str) -> str:
    """Return words only, lower case, one space between them: what two people would call the same sentence."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'")))


def _check_pattern(pattern: str) -> str:
    if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/"):
        try:
            re.compile(pattern[1:-1])
        except re.error as wrong:
            raise ValueError(f"{pattern} is not a regular expression: {wrong}") from None
        return pattern
    if not plain(pattern):
        raise ValueError("there are no words in it to listen for")
    return pattern


Pattern = Annotated[str, BeforeValidator(_check_pattern)]


def matches(pattern: str, text: str) -> bool:
    """Say whether a text holds the pattern: words in a row, or /a regular expression/; case is free."""
    if pattern.startswith("/") and pattern.endswith("/"):
        return re.search(pattern[1:-1], text, re.IGNORECASE | re.DOTALL) is not None
    return f" {plain(pattern)} " in f" {plain(text)} "


class Hear(_Part):
    """Wait until the other side has said something."""

    text: Pattern | None = None
    prompt: str | None = None
    sound: Yes | None = None
    within_s: Seconds = 20.0

    @model_validator(mode="before")
    @classmethod
    def _words_alone(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_thing(self) -> "Hear":
        if [self.text, self.prompt, self.sound].count(None) != 2:
            raise ValueError("give one of `text`, `prompt` or `sound`")
        return self

    def __str__(self) -> str:
        if self.text is not None:
            return f"“{self.text}”"
        return f"prompt {self.prompt}" if self.prompt is not None else "any sound"


class Voice(_Part):
    """Who speaks: an espeak-ng voice, or the bot's own kind of voice (`hibari`)."""

    engine: Literal["espeak", "hibari"] = "espeak"
    name: str = Field("en-us", pattern=r"^[A-Za-z0-9_-]+$")
    variant: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]+$")
    speed: int = Field(150, ge=80, le=450)
    pitch: int = Field(50, ge=0, le=99)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value == "hibari":
            return {"engine": "hibari"}
        name, _, variant = value.partition("+")
        return {"name": name, "variant": variant or None}


class Say(_Part):
    """Say words, or play a recording of a real person."""

    text: str | None = Field(None, min_length=1)
    wav: Path | None = None
    voice: Voice | None = None

    @model_validator(mode="before")
    @classmethod
    def _words_alone(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_thing(self) -> "Say":
        if (self.text is None) == (self.wav is None):
            raise ValueError("give `text` or `wav`, one of them")
        return self

    def __str__(self) -> str:
        return self.text if self.text is not None else f"({self.wav})"


class Interrupt(_Part):
    """Talk, or press keys, while the other side is talking, a while after it began."""

    say: Say | None = None
    press: str | None = Field(None, pattern=KEYS)
    after_s: Seconds = 1.0

    @model_validator(mode="after")
    def _one_thing(self) -> "Interrupt":
        if (self.say is None) == (self.press is None):
            raise ValueError("give `say` or `press`, one of them")
        return self


class Expect(_Part):
    """Something that must be so by now, or within some seconds."""

    ended: bool | str | None = None
    transferred: bool | None = None
    heard: Pattern | None = None
    not_heard: Pattern | None = None
    within_s: Seconds = 10.0

    @field_validator("ended", mode="before")
    @classmethod
    def _yes_no_or_reason(cls, value: Any) -> Any:
        return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower(), value)

    @model_validator(mode="after")
    def _something(self) -> "Expect":
        if [self.ended, self.transferred, self.heard, self.not_heard].count(None) != 3:
            raise ValueError("give one of `ended`, `transferred`, `heard` or `not_heard`")
        return self


class Step(_Part):
    """One thing somebody on the call does."""

    hear: Hear | None = None
    say: Say | None = None
    pause: Seconds | None = None
    press: str | None = Field(None, pattern=KEYS)
    interrupt: Interrupt | None = None
    hang_up: Yes | None = None
    expect: Expect | None = None
    _line: int = PrivateAttr(0)

    @model_validator(mode="after")
    def _one_thing(self) -> "Step":
        done = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(done) != 1:
            raise ValueError(
                "a step does one thing; start each with its own dash"
                if done
                else f"a step is one of: {', '.join(type(self).model_fields)}"
            )
        return self

    @property
    def kind(self) -> str:
        """Name what this step does, such as "hear"."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def line(self) -> int:
        """Return the line of the file on which the step begins, from 1; 0 when it came from no file."""
        return self._line

    def on_line(self, line: int) -> "Step":
        """Remember where in the file the step stands."""
        self._line = line
        return self


class Noise(_Part):
    """What the microphone hears besides the caller, all the time."""

    kind: Literal["white", "pink", "babble", "office"] | None = None
    file: Path | None = None
    snr_db: float = Field(15.0, ge=-10, le=60)

    @model_validator(mode="after")
    def _one_source(self) -> "Noise":
        if (self.kind is None) == (self.file is None):
            raise ValueError("give `kind` or `file`, one of them")
        return self


class ScriptedAgent(_Part):
    """A person at the desk with a phone of their own."""

    number: PhoneNumber
    name: str = "Agent"
    on_ring: Literal["answer", "decline", "ignore"] = "answer"
    after_s: Seconds = 1.5
    voice: Voice = Voice(name="en-gb", variant="f3")
    steps: list[Step] = []


class CallScript(_Part):
    """A whole call."""

    name: str
    from_number: PhoneNumber = Field("+46701234567", alias="from")
    to: PhoneNumber = INBOUND_NUMBER
    voice: Voice = Voice()
    noise: Noise | None = None
    packet_loss: Annotated[float, BeforeValidator(_fraction), Field(ge=0, le=0.5)] = 0.0
    seed: int = 1
    max_s: float = Field(240.0, gt=0, le=1800)
    agents: list[ScriptedAgent] = []
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_phone_each(self) -> "CallScript":
        numbers = [self.from_number, *(agent.number for agent in self.agents)]
        for number in numbers:
            if numbers.count(number) > 1:
                raise ValueError(f"{number} is the phone of two people of this call; give each their own")
        return self
