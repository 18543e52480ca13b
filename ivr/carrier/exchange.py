"""The exchange itself: places calls, rings phones, moves legs from state to state and ends them."""

import asyncio
import random
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from ivr import log
from ivr.carrier import verbs
from ivr.carrier.calls import Call, NoLine, Page, StatusCallback
from ivr.carrier.clock import CarrierClock
from ivr.carrier.conferences import Conferences
from ivr.carrier.faults import FaultPlan
from ivr.carrier.forms import status_form
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.journal import Journal
from ivr.carrier.media.sound_files import SoundFiles
from ivr.carrier.media.ticker import LiveLeg, MediaTicker
from ivr.carrier.phones import Phone
from ivr.carrier.queues import Queues
from ivr.carrier.recordings import Recordings
from ivr.carrier.settings import CarrierSettings, InboundNumber
from ivr.carrier.sids import SidSource
from ivr.carrier.twiml.script import Script
from ivr.carrier.voice import Voice
from ivr.carrier.webhooks import WebhookFailed, Webhooks

if TYPE_CHECKING:
    from ivr.carrier.captions import Captions

# How a leg that never was answered ends on the wire (SIP): 487 is what Twilio shows for a ring timeout.
SIP_CODES = {"busy": 486, "no-answer": 487, "canceled": 487, "failed": 480}
MAX_CALLS_KEPT = 2000


class Exchange:
    """All calls, conferences, queues and phones of one account. Lives on one event loop."""

    def __init__(
        self,
        settings: CarrierSettings,
        transport: HttpTransport,
        voice: Voice,
        clock: CarrierClock,
        random_source: random.Random,
    ) -> None:
        verbs.load()
        self.settings = settings
        self.clock = clock
        self.voice = voice
        self.transport = transport
        self.random = random_source
        self.sids = SidSource(random_source)
        self.journal = Journal(clock)
        self.faults = FaultPlan(settings.faults)
        self.webhooks = Webhooks(transport, settings.auth_token, self.journal, self.faults, self.sids)
        self.numbers: dict[str, InboundNumber] = {number.number: number for number in settings.numbers}
        self.calls: dict[str, Call] = {}
        self.phones: dict[str, Phone] = {}
        self.sound_files = SoundFiles(self.webhooks, clock)
        self.conferences = Conferences(self)
        self.queues = Queues(self)
        self.recordings = Recordings(self)
        self.ticker = MediaTicker(self._sounding)
        self.base_url = f"http://{settings.host}:{settings.port}"
        self.captions: Captions | None = None
        self._log = log.get("carrier")
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Start the heartbeat."""
        self.spawn(self.ticker.run())

    async def stop(self) -> None:
        """End all calls and every task."""
        for call in list(self.calls.values()):
            await self.end(call, "completed" if call.is_live else "canceled")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _sounding(self) -> list[LiveLeg]:
        """Return the live legs; what is recorded comes after all of them."""
        legs: list[LiveLeg] = [call for call in self.calls.values() if call.is_live]
        return [*legs, *self.recordings.running] if legs else []

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something beside; a failure in it is reported by the loop, and it ends with the exchange."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            self._log.error("carrier_task_failed", exc_info=problem)

    def register(self, phone: Phone) -> bool:
        """Put a phone on the network; False when its number is taken already."""
        if phone.number in self.phones or phone.number in self.numbers:
            return False
        self.phones[phone.number] = phone
        phone.register()
        return True

    def unregister(self, phone: Phone) -> None:
        """Take a phone off the network; its call ends."""
        if self.phones.get(phone.number) is phone:
            del self.phones[phone.number]
        phone.unplug()

    def is_number_in_service(self, number: str) -> bool:
        """Tell whether a number can be dialled from a phone."""
        return number in self.numbers

    def phone_dials(self, phone: Phone, to: str) -> Call:
        """Place an inbound call from a phone to a number of the account."""
        number = self.numbers[to]
        call = self.new_call("inbound", phone.number, to)
        call.line = phone
        if number.fallback_url:
            call.fallback = Page(number.fallback_url, number.fallback_method)
        if number.status_callback:
            call.callbacks.append(StatusCallback(number.status_callback, number.status_callback_method))
        call.status = "ringing"
        phone.ringback(call)
        self.run_page(call, Page(number.voice_url, number.voice_method))
        return call

    def phone_leaves(self, call: Call, how: str) -> None:
        """The phone hung up, declined or vanished."""
        if not call.is_live and how == "completed":
            how = "busy" if call.direction != "inbound" else "canceled"
        self.spawn(self.end(call, how))

    def new_call(self, direction: str, from_number: str, to: str, parent: Call | None = None) -> Call:
        """Create a leg; it does nothing yet."""
        call = Call(
            self.sids.new("CA"), direction, from_number, to, self.clock.utc(), parent.sid if parent else None
        )
        call.suffer(self.faults)
        self.calls[call.sid] = call
        self._forget_old_calls()
        return call

    def place(self, call: Call, page: Page, ring_s: float) -> None:
        """Ring an outbound leg and run `page` on it when it is answered."""
        self.occupy(call, self._place(call, page, ring_s))

    async def _place(self, call: Call, page: Page, ring_s: float) -> None:
        if await self.ring(call, ring_s):
            await Script(self, call, call.playback, is_main=True).run(page)

    def run_page(self, call: Call, page: Page) -> None:
        """Let a leg carry out a page of instructions; when they run out the leg ends."""
        self.occupy(call, Script(self, call, call.playback, is_main=True).run(page))

    def occupy(self, call: Call, work: Coroutine[Any, Any, None]) -> None:
        """Let `work` decide what happens on a leg; the leg ends when it is done."""

        async def then_end() -> None:
            task = asyncio.current_task()
            try:
                await work
            finally:
                # Also after a failure in the network itself: no phone is left with a dead line.
                if task is None or not task.cancelling():
                    self.spawn(self.end(call, "completed"))

        call.activity = self.spawn(then_end())

    async def redirect(self, call: Call, page: Page) -> None:
        """Stop what a leg is doing and run other instructions on it."""
        async with call.moves:
            await self._stop_activity(call)
            if call.is_live and not call.is_ending:
                call.playback.clear()
                self.run_page(call, page)

    async def ring(self, call: Call, ring_s: float) -> bool:
        """Ring a leg's phone until it is answered; False when it has ended otherwise."""
        self.move(call, "initiated")
        phone = self.phones.get(call.to)
        if phone is None or phone.call is not None:
            self.spawn(self.end(call, "failed" if phone is None else "busy"))
            await call.over.wait()
            return False
        call.line = phone
        self.move(call, "ringing")
        phone.ring(call)
        try:
            async with asyncio.timeout(ring_s):
                is_answered = await asyncio.shield(call.picked_up)
        except TimeoutError:
            self.spawn(self.end(call, "no-answer"))
            await call.over.wait()
            return False
        if is_answered:
            self.answer(call)
        return is_answered

    def answer(self, call: Call) -> None:
        """Let audio run on a leg."""
        if not call.may_become("in-progress"):
            return
        call.started = self.clock.utc()
        self.move(call, "in-progress")
        call.line.answered(call)
        self.ticker.wake()
        if self.captions and call.direction == "inbound":
            self.captions.follow(call, self.numbers[call.to].voice_url)

    def move(self, call: Call, status: str) -> None:
        """Move a leg to a status and tell who asked to be told. Raises ValueError for an impossible move."""
        if not call.may_become(status):
            raise ValueError(f"{call.sid} cannot become {status} from {call.status}")
        call.status = status
        call.updated = self.clock.utc()
        self.journal.note("call", call_sid=call.sid, status=status)
        self._tell(call, status)

    async def end(self, call: Call, status: str) -> None:
        """End a leg: free its phone, let its activity clean up, then report. Harmless when it is over."""
        if call.is_over or call.is_ending:
            return
        call.is_ending = True
        if not call.may_become(status):
            status = "completed"
        if not call.picked_up.done():
            call.picked_up.set_result(False)
        call.ended_at = self.clock.utc()
        call.duration_s = int((call.ended_at - call.started).total_seconds()) if call.started else 0
        call.sip_code = SIP_CODES.get(status, 200)
        call.line.ended(call, status)
        call.line = NoLine()
        await self._stop_activity(call)
        for running in list(call.background):
            await running.finish()
        self.move(call, status)
        call.over.set()

    async def _stop_activity(self, call: Call) -> None:
        task = call.activity
        if task is None or task.done() or task is asyncio.current_task():
            return
        task.cancel()
        await asyncio.wait({task})

    def _tell(self, call: Call, status: str) -> None:
        event = {"in-progress": "answered"}.get(
            status, status if status in ("initiated", "ringing") else "completed"
        )
        for callback in call.callbacks:
            if event not in callback.events:
                continue
            sequence = call.sequences[callback.url] = call.sequences.get(callback.url, -1) + 1
            form = status_form(call, self.settings.account_sid, status, sequence, self.clock)
            self.spawn(self.notify(callback.method, callback.url, form, f"call-{event}", call.sid))

    async def notify(
        self, method: str, url: str, form: dict[str, str], purpose: str, call_sid: str | None
    ) -> None:
        """Tell the service something; its answer does not matter, a failure only goes into the error log."""
        try:
            await self.webhooks.ask(method, url, form, purpose, call_sid)
        except WebhookFailed as failed:
            self.journal.alert(failed.code, call_sid, f"{purpose} {failed.url}: {failed}", level="warning")

    def _forget_old_calls(self) -> None:
        for sid in [sid for sid, call in self.calls.items() if call.is_over][
            : max(0, len(self.calls) - MAX_CALLS_KEPT)
        ]:
            del self.calls[sid]
