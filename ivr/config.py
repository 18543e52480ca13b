"""Every setting of the service, read from IVR_* environment variables and `.env`; nothing else reads them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.conversation.language_settings import read_languages, read_number_languages
from ivr.conversation.recording import read_purposes
from ivr.errors import SettingsInvalid
from ivr.handoff.routing import read_agents, read_workflow
from ivr.insights.addresses import read_addresses
from ivr.roles import Role, read_roles
from ivr.speech.piper_voices import read_piper_voices

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
NO_ACCOUNT: Mapping[str, Any] = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "none"}

# What reads a setting's text; it raises ValueError, which says what is wrong.
READERS: Mapping[str, Callable[[str], object]] = {
    "agents": read_agents,
    "alerts_to": read_addresses,
    "languages": read_languages,
    "number_languages": read_number_languages,
    "openid_roles": read_roles,
    "piper_voices": read_piper_voices,
    "recording_purposes": read_purposes,
    "routing": read_workflow,
    "weekly_report_to": read_addresses,
}
# Addresses that must be https or on this machine, and why.
REACHED_SAFELY = {
    "alert_webhook_url": "alerts tell what goes on in the house",
    "openid_issuer": "keys and names come from it",
    "rewriter_url": "briefings are personal",
    "telemetry_url": "traces tell who is calling when",
}


class Settings(BaseSettings):
    """The service's settings. `describe` renders this class as docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="IVR_", env_file=".env", extra="ignore")

    company_name: str = Field(
        "Nordlys", description="The company the bot answers for; spoken in the first sentence."
    )
    currency: str = Field("SEK", pattern=r"^[A-Z]{3}$", description="Currency that insights tell money in.")
    privacy_contact: str = Field(
        "", max_length=200, description="Where people write about their data; stands on /about-this-bot."
    )
    language: Literal["en", "sv", "nb", "fi"] = Field("en", description="Language calls begin in.")
    languages: str = Field(
        "en,sv",
        validate_default=True,
        description="Languages a caller may choose by key, by asking or by speaking it, separated by commas; "
        "each one's place in the list is its key. en, sv, nb and fi are there.",
    )
    number_languages: str = Field(
        "",
        description="Language by the number that was dialled: +number:language, separated by commas.",
    )
    agents_language: Literal["en", "sv", "nb", "fi"] = Field(
        "en", description="Language agents are briefed in, whatever the caller speaks."
    )
    host: str = Field("127.0.0.1", description="Address the service listens on.")
    port: int = Field(8080, ge=1, le=65535, description="Port the service listens on.")
    public_url: str = Field(
        "http://127.0.0.1:8080",
        description="Base URL under which the phone network reaches the service; signatures are checked "
        "against it. https with a real Twilio number.",
    )
    verify_signatures: bool = Field(
        True, description="Check X-Twilio-Signature. May be false only while `host` is a loopback address."
    )
    twilio_account_sid: str = Field(description="Twilio account SID (AC...).", pattern="^AC[0-9a-f]{32}$")
    twilio_auth_token: SecretStr = Field(
        min_length=1, description="Twilio auth token: checks signatures and signs REST requests."
    )
    twilio_auth_token_previous: SecretStr | None = Field(
        None,
        min_length=1,
        description="The old auth token, accepted in signatures too while a rotation is under way.",
    )
    twilio_api_url: str | None = Field(
        None, description="Base URL of the REST API when it is not Twilio's own, such as the local carrier's."
    )
    twilio_region: str | None = Field(None, description="Twilio region such as ie1; needs `twilio_edge`.")
    twilio_edge: str | None = Field(None, validate_default=True, description="Twilio edge such as dublin.")
    twilio_api_key_sid: str | None = Field(
        None,
        pattern="^SK[0-9a-f]{32}$",
        description="API key (SK...) that signs the tokens of agents whose phone is the desk, `client:<id>`.",
    )
    twilio_api_key_secret: SecretStr | None = Field(None, description="Secret of that API key.")
    twilio_number: str = Field(
        "+46850000000",
        pattern=r"^\+[1-9]\d{6,14}$",
        description="The bot's own number; agents see it when it rings.",
    )
    agents: str = Field(
        "Anna:+46850000001,Bo:+46850000002",
        description="Who takes transfers, in the order they are asked: Name:+number, or Name:client:<id> "
        "for somebody whose phone is the desk, or Name:sip:queue@host; separated by commas. After it, in "
        "this order, what they can: speaks sv en, knows return_item invoice, takes many (a contact centre).",
    )
    routing: str = Field(
        "own",
        description="Who finds a person: own, or taskrouter: and a workflow's SID to hand callers to Twilio "
        "TaskRouter or Flex with the briefing as the task; our own agents are asked when that fails.",
    )
    agent_ring_s: int = Field(
        25, ge=5, le=120, description="Seconds an agent's phone rings before the next is asked."
    )
    openid_issuer: str | None = Field(
        None,
        description="Issuer of the identity provider that signs the staff in (OpenID Connect), such as "
        "https://login.example.com. Empty: one-time links only.",
    )
    openid_client_id: str = Field("ivr", description="Client id at the identity provider.")
    openid_client_secret: SecretStr | None = Field(
        None, description="Client secret at the identity provider."
    )
    openid_scope: str = Field(
        "openid profile", pattern=r"(^|.* )openid( .*|$)", description="What the provider is asked for."
    )
    openid_name_claim: str = Field(
        "name", description="Claim with the person's name; for agents the name they have in `agents`."
    )
    openid_role_claim: str = Field("roles", description="Claim that lists a person's roles or groups.")
    openid_roles: str = Field(
        "agent=agent,supervisor=supervisor,designer=designer,analyst=analyst",
        description="Which value of that claim gives which role: value=role, separated by commas.",
    )
    database_url: str = Field("sqlite:///var/ivr.db", description="SQLAlchemy URL of the database.")
    data_dir: Path = Field(Path("var"), description="Folder for prompts, models and the database.")
    nlu_data_dir: Path = Field(Path("nlu_data"), description="Folder the designers edit.")
    erasure_ledger: Path | None = Field(
        None,
        description="File with fingerprints of erased calls, by which a restored backup is cleared again; "
        "keep it where backups do not bring back an old one. Empty: privacy/erased.jsonl in `data_dir`.",
    )
    transcriber: Literal["whisper", "faster-whisper"] = Field(
        "whisper", description="Speech recognition engine."
    )
    whisper_model: str = Field("base", description="Whisper model size: tiny.en, base, small, ...")
    most_calls: int = Field(
        16,
        ge=1,
        le=100,
        description="Calls the bot takes at once; further ones go to a person or are called back. "
        "docs/speech.md says how many a machine holds.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Bearer token that `/metrics` asks for; empty: only this machine may read it.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server for alerts and the weekly report: smtp://user:password@host:587 (STARTTLS) "
        "or smtps://user:password@host:465. No mail when empty.",
    )
    mail_from: str = Field(
        "ivr@localhost", pattern=r"^[^@\s<>,]+@[^@\s<>,]+$", description="Sender of those mails."
    )
    alerts_to: str = Field(
        "", description="Mail addresses, separated by commas, that are told when the calls get worse."
    )
    weekly_report_to: str = Field(
        "", description="Mail addresses, separated by commas, that get the weekly report on Mondays."
    )
    alert_webhook_url: str | None = Field(
        None, description="Address that alerts are posted to as JSON, signed; see docs/insights.md."
    )
    alert_webhook_secret: SecretStr | None = Field(
        None, min_length=16, validate_default=True, description="Secret that signs what is posted there."
    )
    transcriber_workers: int = Field(
        2,
        ge=1,
        le=32,
        description="Worker processes for speech recognition, at best one a core; each takes a core while "
        "it works, and the model's memory. With two, one goes on when the other dies.",
    )
    voice: Literal["hibari", "pyttsx3"] = Field(
        "hibari", description="The bot's voice; pyttsx3 (espeak-ng) is the fallback."
    )
    piper_voices: str = Field(
        "",
        description="Languages that a Piper server beside the service speaks: language=address#voice, "
        "separated by commas, such as sv=http://127.0.0.1:5100#sv_SE-nst-medium.",
    )
    rasa_url: str = Field("http://127.0.0.1:5005", description="Address of the Rasa server.")
    rasa_token: SecretStr = Field(
        SecretStr("local-rasa"), min_length=1, description="Token the Rasa server asks for."
    )
    rasa_timeout_s: float = Field(
        3.0, gt=0, le=10, description="Seconds to wait for Rasa before going on without it."
    )
    actions_token: SecretStr = Field(
        SecretStr("local-actions"), min_length=1, description="Token Rasa shows when it asks for an action."
    )
    orders_url: str | None = Field(
        None, description="Base URL of the shop's order API; the demo database when empty."
    )
    orders_token: SecretStr | None = Field(None, description="Bearer token for the shop's order API.")
    order_number_shape: str = Field(
        "999999",
        pattern=r"^[A9]{6}$",
        description="What an order number looks like: 9 for a digit, A for a letter. With letters, callers "
        "spell them, by an alphabet or plainly.",
    )
    rewriter_url: str | None = Field(
        None,
        description="Base URL of an OpenAI-compatible API that makes briefings more fluent, such as "
        "http://127.0.0.1:11434/v1; it is sent the briefing's sentences. Off when empty.",
    )
    rewriter_model: str = Field("", description="Model to ask for there.")
    rewriter_key: SecretStr | None = Field(None, description="Bearer token for that API.")
    telemetry_url: str | None = Field(
        None,
        description="Base URL of an OpenTelemetry collector (OTLP over HTTP), such as http://127.0.0.1:4318; "
        "it gets a trace of every call without personal data. Off when empty.",
    )
    no_input_s: float = Field(
        5.0, gt=0, description="Seconds of silence before the bot asks again the first time."
    )
    no_input_again_s: float = Field(7.0, gt=0, description="Seconds of silence after that.")
    max_call_s: int = Field(1200, ge=60, description="Longest time with the bot before a person is called.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What to log.")
    recording_purposes: str = Field(
        "",
        description="What callers are asked to be recorded for, each on its own before anything is: quality, "
        "training, separated by commas. Only the part with the bot. Empty: nobody is asked or recorded.",
    )
    log_personal_data: bool = Field(
        False, description="Show numbers, names and words in logs; for debugging only."
    )

    @field_validator("public_url")
    @classmethod
    def _public_url_is_a_bare_origin(cls, url: str) -> str:
        address = urlsplit(url)
        is_origin = address.scheme in {"http", "https"} and address.hostname and address.path in {"", "/"}
        if not is_origin or address.query or address.fragment:
            raise ValueError(
                "write it as https://bot.example.com, without a path: the webhooks' paths follow it"
            )
        return url.rstrip("/")

    @field_validator(
        "twilio_auth_token_previous",
        "twilio_api_url",
        "twilio_region",
        "twilio_edge",
        "erasure_ledger",
        "orders_url",
        "orders_token",
        "rewriter_url",
        "rewriter_key",
        "telemetry_url",
        "metrics_token",
        "smtp_url",
        "alert_webhook_url",
        "alert_webhook_secret",
        "openid_issuer",
        "twilio_api_key_sid",
        "twilio_api_key_secret",
        "openid_client_secret",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator(*READERS)
    @classmethod
    def _is_readable(cls, text: str, known: ValidationInfo) -> str:
        READERS[str(known.field_name)](text)
        return text

    @field_validator(*REACHED_SAFELY)
    @classmethod
    def _is_reached_safely(cls, url: str | None, known: ValidationInfo) -> str | None:
        address = urlsplit(url or "https://none")
        is_safe = address.scheme == "https" or (address.scheme == "http" and address.hostname in LOOPBACK)
        if not is_safe or not address.hostname:
            why = REACHED_SAFELY[str(known.field_name)]
            raise ValueError(f"is neither an https address nor on this machine: {why}")
        return url

    # Each of these checks one field, so that a mistake elsewhere does not hide what they find.

    @field_validator("verify_signatures")
    @classmethod
    def _signatures_off_only_on_loopback(cls, is_on: bool, known: ValidationInfo) -> bool:
        host = known.data.get("host")
        if not is_on and host not in LOOPBACK:
            raise ValueError(
                "may be false only while IVR_HOST is a loopback address "
                f"(now {host}): anyone who reaches the port could otherwise act as Twilio"
            )
        return is_on

    @field_validator("twilio_edge")
    @classmethod
    def _a_region_has_its_edge(cls, edge: str | None, known: ValidationInfo) -> str | None:
        if known.data.get("twilio_region") and not edge:
            raise ValueError("must be set with IVR_TWILIO_REGION, such as dublin for ie1")
        return edge

    @field_validator("database_url")
    @classmethod
    def _database_is_a_file_or_postgresql(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+")):
            raise ValueError("write it as sqlite:///var/ivr.db or postgresql://user:password@host/name")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url_names_a_server(cls, url: SecretStr | None) -> SecretStr | None:
        address = urlsplit(url.get_secret_value() if url else "smtp://none")
        if address.scheme not in {"smtp", "smtps"} or not address.hostname:
            raise ValueError("write it as smtp://user:password@mail.example.com:587")
        return url

    @field_validator("alert_webhook_secret")
    @classmethod
    def _a_webhook_has_its_secret(cls, secret: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if known.data.get("alert_webhook_url") and secret is None:
            raise ValueError("must be set with IVR_ALERT_WEBHOOK_URL: alerts are signed with it")
        return secret

    @field_validator("twilio_api_url", "rasa_url", "orders_url")
    @classmethod
    def _is_a_web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        address = urlsplit(url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError("is not an address such as http://127.0.0.1:5005")
        return url

    def language_of(self, dialled: str | None) -> str:
        """Return the language a call begins in, by the number that was dialled."""
        return read_number_languages(self.number_languages).get(dialled or "", self.language)

    def languages_in_use(self) -> tuple[str, ...]:
        """Return every language that calls or agents may hear, the one that most calls begin in first."""
        dialled = read_number_languages(self.number_languages).values()
        return tuple(
            dict.fromkeys((self.language, *read_languages(self.languages), *dialled, self.agents_language))
        )

    def carrier_address(self) -> tuple[str, int] | None:
        """Return host and port of the local carrier, None when the REST API is not on this machine."""
        address = urlsplit(self.twilio_api_url or "")
        if address.hostname not in LOOPBACK:
            return None
        return address.hostname, address.port or 80

    def voice_key(self) -> tuple[str, str] | None:
        """Return SID and secret of the key that signs browsers' phone tokens, None when it is not set."""
        if self.twilio_api_key_sid is None or self.twilio_api_key_secret is None:
            return None
        return self.twilio_api_key_sid, self.twilio_api_key_secret.get_secret_value()

    def roles_by_group(self) -> dict[str, frozenset[Role]]:
        """Return the roles each value of the provider's role claim gives."""
        return read_roles(self.openid_roles)

    def auth_tokens(self) -> list[str]:
        """Return the tokens a signature may have been made with, the current one first."""
        tokens = [self.twilio_auth_token, self.twilio_auth_token_previous]
        return [token.get_secret_value() for token in tokens if token is not None]


def is_on_this_machine(url: str) -> bool:
    """Say whether an address leads nowhere else."""
    return urlsplit(url).hostname in LOOPBACK


def load(is_phone_needed: bool = True) -> Settings:
    """Read the settings. Raises SettingsInvalid with one message that lists everything wrong.

    Commands that make and take no calls need no account with the phone network: a made-up one stands in.
    """
    try:
        return Settings(**({} if is_phone_needed else NO_ACCOUNT))
    except ValidationError as invalid:
        lines = []
        for problem in invalid.errors():
            name = "_".join(("ivr", *map(str, problem["loc"]))).upper() if problem["loc"] else "settings"
            lines.append(f"  {name}: {problem['msg']}")
        raise SettingsInvalid("Some settings are wrong:\n" + "\n".join(lines)) from None
