"""What briefings are worded, measured and cleaned with."""

from ivr.audio import g711
from ivr.clock import Clock
from ivr.config import Settings
from ivr.conversation.prompt import Prompt
from ivr.dialogue.wording import Wording
from ivr.handoff.briefing import estimated_s
from ivr.handoff.briefing_desk import BriefingDesk, Clean
from ivr.handoff.http_rewriter import HttpRewriter
from ivr.speech.prompt_cache import PromptCache
from ivr.speech.synthesizer import SynthesizerFailed

BETWEEN_SENTENCES_S = 0.15  # the network fetches and starts each sentence by itself


def make_briefings(
    settings: Settings, wording: Wording, prompts: PromptCache, clean: Clean, clock: Clock
) -> BriefingDesk:
    """Return what words briefings, by the length of the voice that will speak them."""

    def spoken_s(prompt: Prompt) -> float:
        try:
            audio = prompts.mulaw(prompt.text, prompt.language, is_personal=True)
        except SynthesizerFailed:
            return estimated_s(prompt)
        return len(audio) / g711.SAMPLE_RATE_HZ + BETWEEN_SENTENCES_S

    return BriefingDesk(
        wording,
        settings.agents_language,
        spoken_s,
        clean,
        settings.twilio_number,
        _rewriter(settings, clock),
    )


def _rewriter(settings: Settings, clock: Clock) -> HttpRewriter | None:
    if settings.rewriter_url is None:
        return None
    key = settings.rewriter_key
    return HttpRewriter(
        settings.rewriter_url, settings.rewriter_model, key.get_secret_value() if key else None, clock
    )
