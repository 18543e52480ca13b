"""What lets an agent's browser be a phone at Twilio: a signed access token with a voice grant."""

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

TOKEN_LIFE_S = 3600


def voice_token(account_sid: str, key_sid: str, key_secret: str, identity: str, region: str | None) -> str:
    """Return a token that lets a browser take calls to `client:<identity>`; it places none."""
    token = AccessToken(account_sid, key_sid, key_secret, identity=identity, ttl=TOKEN_LIFE_S, region=region)
    token.add_grant(VoiceGrant(incoming_allow=True))
    return str(token.to_jwt())
