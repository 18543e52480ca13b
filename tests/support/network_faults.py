"""What goes wrong between the phone network and the service: each fault breaks one world."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ivr.carrier.http_transport import HttpAnswer
from ivr.telephony.switchboard import PlacedCall, SwitchboardFailed
from tests.support.service_on_carrier import ExchangeSwitchboard, TransferWorld

LATE_S = 14.0  # the network waits 15 s for an answer
REFUSED = SwitchboardFailed("429: too many requests", is_retrying_useful=True)
BROKEN = SwitchboardFailed("500: internal error", is_retrying_useful=True, is_outcome_unknown=True)
NO_ANSWER = SwitchboardFailed("no answer in time", is_retrying_useful=True, is_outcome_unknown=True)

Break = Callable[[TransferWorld], None]


def _is_report(url: str) -> bool:
    return url.partition("?")[0].endswith(("/status", "-status"))


def _on_webhooks(does: Callable[[Any, str, Callable[[], Any]], Any]) -> Break:
    """Let `does(world, url, ask)` answer every webhook in place of the application."""

    def breaks(world: TransferWorld) -> None:
        transport: Any = world.transport
        inner = transport.request

        async def request(
            method: str,
            url: str,
            headers: Mapping[str, str],
            body: bytes | None,
            connect_s: float,
            read_s: float,
        ) -> HttpAnswer:
            async def ask() -> HttpAnswer:
                answer: HttpAnswer = await inner(method, url, headers, body, connect_s, read_s)
                return answer

            answer: HttpAnswer = await does(world, url, ask)
            return answer

        transport.request = request

    return breaks


async def _lost(world: TransferWorld, url: str, ask: Callable[[], Any]) -> Any:
    return HttpAnswer(204, {}, b"") if _is_report(url) else await ask()


async def _twice(world: TransferWorld, url: str, ask: Callable[[], Any]) -> Any:
    await ask()
    return await ask()


async def _late(world: TransferWorld, url: str, ask: Callable[[], Any]) -> Any:
    if _is_report(url):
        await asyncio.sleep(LATE_S)
    return await ask()


async def _keys_late(world: TransferWorld, url: str, ask: Callable[[], Any]) -> Any:
    if "/voice/agent/" in url and "/key?" in url:
        await asyncio.sleep(LATE_S)
    return await ask()


def _reordered() -> Break:
    """Hold every second report back until after the next one."""
    held: list[Callable[[], Any]] = []

    async def does(world: TransferWorld, url: str, ask: Callable[[], Any]) -> Any:
        if not _is_report(url):
            return await ask()
        if not held:
            held.append(ask)
            return HttpAnswer(204, {}, b"")
        answer = await ask()
        await held.pop()()
        return answer

    return _on_webhooks(does)


class _FailingSwitchboard:
    """Fails its first requests; with `is_done` they are carried out all the same."""

    def __init__(
        self, inner: ExchangeSwitchboard, failure: SwitchboardFailed, fails: int, is_done: bool
    ) -> None:
        self._inner, self._failure, self._left, self._is_done = inner, failure, fails, is_done

    def dial(self, to: str, answer_path: str, status_path: str, ring_s: int) -> PlacedCall:
        """Ring a phone, or fail."""
        placed: PlacedCall = self._try("dial", to, answer_path, status_path, ring_s)
        return placed

    def redirect(self, call_id: str, path: str) -> bool:
        """Send a call elsewhere, or fail."""
        return bool(self._try("redirect", call_id, path))

    def hang_up(self, call_id: str) -> bool:
        """End a call, or fail."""
        return bool(self._try("hang_up", call_id))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _try(self, name: str, *parts: Any) -> Any:
        if self._left == 0:
            return getattr(self._inner, name)(*parts)
        self._left -= 1
        if self._is_done:
            getattr(self._inner, name)(*parts)
        raise self._failure


def _on_requests(failure: SwitchboardFailed, fails: int, is_done: bool = False) -> Break:
    def breaks(world: TransferWorld) -> None:
        failing: Any = _FailingSwitchboard(world.switchboard, failure, fails, is_done)
        desk: Any = world.desk
        desk._steering._switchboard = failing
        desk._search._switchboard = failing

    return breaks


FAULTS: Mapping[str, Callable[[], Break]] = {
    "reports are lost": lambda: _on_webhooks(_lost),
    "webhooks come twice": lambda: _on_webhooks(_twice),
    "reports come in another order": _reordered,
    "reports come 14 s late": lambda: _on_webhooks(_late),
    "the agent's key comes 14 s late": lambda: _on_webhooks(_keys_late),
    "requests are refused": lambda: _on_requests(REFUSED, 2),
    "requests fail": lambda: _on_requests(BROKEN, 2),
    "requests are done without an answer": lambda: _on_requests(NO_ANSWER, 3, is_done=True),
}
