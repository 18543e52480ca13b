"""Turns prompts into lines the network can play: our own audio, or its voice where ours fails."""

from collections.abc import Iterable

from flask import request

from ivr import log
from ivr.calls.language_now import language_now
from ivr.conversation.prompt import Prompt
from ivr.records.kinds import Kind
from ivr.speech.synthesizer import SynthesizerFailed
from ivr.telephony.twiml import SpokenLine
from ivr.web.services import Services

_log = log.get("web.spoken")
FOR_AGENTS = "agent_"


def spoken(services: Services, prompts: Iterable[Prompt]) -> list[SpokenLine]:
    """Return one line per prompt."""
    return [_line(services, prompt) for prompt in prompts]


def worded(services: Services, prompt_id: str, **slots: str) -> list[SpokenLine]:
    """Return the one line of a response name: to agents in theirs, else in the service's language."""
    settings = services.settings
    language = settings.agents_language if prompt_id.startswith(FOR_AGENTS) else settings.language
    return spoken(services, [services.wording.prompt(prompt_id, language, **slots)])


def told(services: Services, prompt_id: str, **slots: str) -> list[SpokenLine]:
    """Return the one line of a response name that the caller is told now, and put it into the call's record.

    Only within a webhook about the caller's leg. The language is the call's.
    """
    call_id = request.form.get("CallSid", "")
    call = services.records.call(call_id)
    first = services.settings.language if call is None else call.language
    language = language_now(services.records, call_id, first)
    prompt = services.wording.prompt(prompt_id, language, **slots)
    facts = {"prompt_id": prompt.id, "text": prompt.text, "language": prompt.language}
    services.records.append(call_id, Kind.PROMPT_STARTED, **facts)
    return spoken(services, [prompt])


def audio_url(services: Services, name: str) -> str:
    """Return the absolute URL under which the network fetches a WAV."""
    return f"{services.settings.public_url.rstrip('/')}/audio/{name}"


def _line(services: Services, prompt: Prompt) -> SpokenLine:
    try:
        name = services.prompts.wav_path(prompt.text, prompt.language, prompt.is_personal).name
    except SynthesizerFailed:
        _log.warning("prompt_left_to_network_voice", prompt_id=prompt.id)
        return SpokenLine(prompt.text, prompt.language, None)
    return SpokenLine(prompt.text, prompt.language, audio_url(services, name))
