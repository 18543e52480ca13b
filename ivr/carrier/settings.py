"""What a carrier is told when it starts: its account, its numbers, where it listens."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class InboundNumber:
    """A number of the account and the URLs the network asks when it is phoned."""

    number: str
    voice_url: str
    voice_method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    status_callback: str | None = None
    status_callback_method: str = "POST"


@dataclass(frozen=True)
class CarrierSettings:
    """One account on one address; `faults` are the same objects as `POST /faults` takes."""

    account_sid: str
    auth_token: str
    numbers: tuple[InboundNumber, ...]
    host: str = "127.0.0.1"
    port: int = 8081
    faults: tuple[dict[str, object], ...] = ()
    handset_dir: Path = field(default=Path(__file__).parent / "handset")
