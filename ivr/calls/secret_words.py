"""Which words and keys of a caller go no further than the line they came on."""

from ivr.conversation.conversation import Conversation
from ivr.conversation.events import SecretTold
from ivr.privacy.secrets_told import secret_in, secret_in_keys
from ivr.speech.transcriber import Transcription

PHONE_STEPS = frozenset({"last_callback_number"})


def secret_told(heard: Transcription | None, conversation: Conversation) -> SecretTold | None:
    """Return the secret in what was heard, None when the words may be kept and answered."""
    if heard is None:
        return None
    secret = secret_in(
        heard.text,
        conversation.language,
        is_card_fresh=conversation.secrets.is_card_fresh,
        is_phone_asked=conversation.expects.step in PHONE_STEPS,
    )
    return None if secret is None else SecretTold(secret)


def secret_keyed(digits: str, conversation: Conversation) -> SecretTold | None:
    """Return the secret in digits pressed in one go, None when they may be kept and answered."""
    secret = secret_in_keys(digits, conversation.secrets.is_card_fresh)
    return None if secret is None else SecretTold(secret, is_keyed=True)
