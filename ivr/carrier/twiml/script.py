"""Carrying out documents on a leg: fetch, check, verb by verb, and what happens when that fails."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

from ivr.carrier.calls import Call, Page
from ivr.carrier.forms import call_form
from ivr.carrier.twiml.document import LARGEST_BYTES, Document, TwimlInvalid, Verb, parse
from ivr.carrier.webhooks import WebhookAnswer, WebhookFailed

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

APOLOGY = "We are sorry. An application error has occurred. Goodbye."
# These neither answer a ringing call nor need it answered when they come first.
QUIET_VERBS = frozenset({"Pause", "Reject", "Redirect"})
MOST_PAGES = 1000  # a document that redirects to itself without pause must not spin for ever


class Sink(Protocol):
    """Where a script's sound goes."""

    def add(self, audio: bytes) -> int:
        """Queue audio."""
        ...

    def clear(self) -> None:
        """Forget what waits."""
        ...

    async def drained(self) -> None:
        """Wait until all was heard."""
        ...


class HangUp(Exception):
    """The script asks for the call to end."""


class ScriptFailed(Exception):
    """Instructions that are not a call's own could not be fetched or carried out; it is in the error log."""


class LeaveQueue(Exception):
    """The script asks to leave the queue it waits in."""


VerbWork = Callable[["Script", Verb], Awaitable[Page | None]]
VERBS: dict[str, VerbWork] = {}


def verb(name: str) -> Callable[[VerbWork], VerbWork]:
    """Register the function that carries out a verb; it returns the next page, or None to go on."""

    def register(work: VerbWork) -> VerbWork:
        VERBS[name] = work
        return work

    return register


class Script:
    """One run of instructions on one leg. Cancel its task to stop it; every verb cleans up after itself."""

    def __init__(
        self,
        exchange: "Exchange",
        call: Call,
        sink: Sink,
        is_main: bool = False,
        allowed: frozenset[str] | None = None,
        extra: Callable[[], dict[str, str]] = dict,
    ) -> None:
        """`is_main` runs answer the call and use its fallback; others may hold only the `allowed` verbs.

        `extra` gives the fields that every request of this run adds.
        """
        self.exchange = exchange
        self.call = call
        self.sink = sink
        self.document = Document((), None)
        self._is_main = is_main
        self._allowed = allowed
        self._extra = extra

    @property
    def is_in_queue(self) -> bool:
        """True for what a queued caller hears."""
        return self._allowed is not None and "Leave" in self._allowed

    async def run(self, page: Page) -> None:
        """Carry out a page and all that follow from it; return when the instructions run out.

        Runs that are not the main one raise HangUp, LeaveQueue and ScriptFailed.
        """
        next_page: Page | None = page
        pages = 0
        while next_page is not None:
            pages += 1
            try:
                next_page = await self._run_page(next_page) if pages <= MOST_PAGES else None
            except HangUp:
                if not self._is_main:
                    raise
                return

    async def _run_page(self, page: Page) -> Page | None:
        try:
            self.document = await self._load(page)
            self._check_allowed(self.document)
        except (WebhookFailed, TwimlInvalid) as failed:
            return await self._recover(page, failed)
        for number, instruction in enumerate(self.document.verbs):
            if self._is_main and not (number == 0 and instruction.name in QUIET_VERBS):
                self._answer_for(instruction)
            try:
                next_page = await VERBS[instruction.name](self, instruction)
            except TwimlInvalid as failed:
                return await self._recover(page, failed)
            if next_page is not None:
                return next_page
        return None

    def page(self, url: str, method: str, form: dict[str, str]) -> Page:
        """Return the page a verb goes on with; an empty URL is the current document."""
        return Page(self.resolve(url), method, extra=form)

    def resolve(self, url: str) -> str:
        """Make a URL absolute. Raises TwimlInvalid where inline TwiML gives nothing to resolve against."""
        if self.document.url is None:
            if "://" not in url:
                raise TwimlInvalid(15004, f"{url or 'no action'} in inline TwiML")
            return url
        return urljoin(self.document.url, url) if url else self.document.url

    def warn(self, code: int, detail: str) -> None:
        """Put a warning of this call into the error log."""
        self.exchange.journal.alert(code, self.call.sid, detail, level="warning")

    def form(self) -> dict[str, str]:
        """Return the fields of a request of this run."""
        return call_form(self.call, self.exchange.settings.account_sid) | self._extra()

    async def _load(self, page: Page) -> Document:
        if page.inline:
            return self._checked(parse(page.inline.encode(), None))
        answer = await self.exchange.webhooks.ask(
            page.method, page.url, self.form() | page.extra, "twiml", self.call.sid
        )
        return self._checked(read_answer(answer))

    def _checked(self, document: Document) -> Document:
        for warning in document.warnings:
            self.warn(12200, warning)
        return document

    def _check_allowed(self, document: Document) -> None:
        if self._allowed is None:
            return
        for instruction in document.verbs:
            if instruction.name not in self._allowed:
                raise TwimlInvalid(12200, f"{instruction.name} is not allowed here")

    def _answer_for(self, instruction: Verb) -> None:
        is_dial_later = instruction.name == "Dial" and instruction.flag("answerOnBridge")
        if not is_dial_later:
            self.exchange.answer(self.call)

    async def _recover(self, page: Page, failed: WebhookFailed | TwimlInvalid) -> Page | None:
        self.exchange.journal.alert(failed.code, self.call.sid, f"{page.url or 'inline TwiML'}: {failed}")
        if not self._is_main:
            raise ScriptFailed(str(failed)) from failed
        fallback = self.call.fallback
        if fallback is not None and page.url != fallback.url:
            error = {"ErrorCode": str(failed.code), "ErrorUrl": page.url}
            return Page(fallback.url, fallback.method, extra=error)
        self.exchange.answer(self.call)
        self.sink.add(await self.exchange.voice.speak(APOLOGY, "en-US", "woman"))
        await self.sink.drained()
        return None


def read_answer(answer: WebhookAnswer) -> Document:
    """Make a document of what came back. Raises TwimlInvalid."""
    if answer.answer.status == 204 or (not answer.answer.body and answer.content_type.endswith("xml")):
        return Document((), answer.url)
    if len(answer.answer.body) > LARGEST_BYTES:
        raise TwimlInvalid(11750, f"{len(answer.answer.body)} bytes")
    kind = answer.content_type
    if kind in ("text/xml", "application/xml", "text/html"):
        return parse(answer.answer.body, answer.url)
    if kind == "text/plain":
        text = answer.answer.body.decode("utf-8", "replace").strip()
        return Document((Verb("Say", {}, text, ()),), answer.url)
    if kind.startswith("audio/"):
        return Document((Verb("Play", {}, answer.url, ()),), answer.url)
    raise TwimlInvalid(12300, kind or "no Content-Type")
