"""The systems under measurement, each as its users run it: the service by `ivr run`, Pipecat by its bot."""

import os
import re
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import httpx
import numpy as np

from benchmarks.stream_caller import Lateness, StreamCaller
from benchmarks.utterances import ROOT
from ivr.audio.wav import write_wav
from ivr.carrier.caller_voice import Speak
from tests.support.running_system import RunningSystem, free_ports, running_system
from tests.support.signing import sign

PEER = ROOT / "benchmarks" / "peers" / "pipecat"
PEER_PYTHON = ROOT / "var" / "peers" / "pipecat" / "bin" / "python"
REPLY = "Thank you, I have noted that."  # what peers/pipecat/bot.py says
START_LIMIT_S = 60.0
PROMPTS_S = 2.0
READY_S = 180.0  # four systems that load at once on two cores


class System(Protocol):
    """Something that can be phoned."""

    name: str

    def call(self, session: aiohttp.ClientSession, lateness: Lateness) -> Any:
        """Open a call, as an asynchronous context manager that gives (StreamCaller, call SID)."""
        ...

    def processes(self) -> dict[str, int]:
        """Return the process ids of its parts by name."""
        ...


@dataclass
class Ours:
    """The whole service on ports of its own, with its real Rasa."""

    name: str
    running: RunningSystem

    @asynccontextmanager
    async def call(
        self, session: aiohttp.ClientSession, lateness: Lateness
    ) -> AsyncIterator[tuple[StreamCaller, str]]:
        """Ring as the network does: signed webhook, signed stream, and both webhooks at the end."""
        sid = "CA" + secrets.token_hex(16)
        answer = await self._post(session, "/voice/incoming", sid, "ringing")
        found = re.search(r'url="([^"]+)"', answer)
        assert found is not None, answer
        url = found.group(1)
        headers = {"X-Twilio-Signature": sign(self.running.auth_token, url, {})}
        async with session.ws_connect(url, headers=headers, max_msg_size=0) as socket:
            yield StreamCaller(socket, sid, self.running.account_sid, lateness), sid
        await self._post(session, "/voice/after-stream", sid, "in-progress")
        await self._post(session, "/voice/status", sid, "completed")

    async def _post(self, session: aiohttp.ClientSession, path: str, sid: str, status: str) -> str:
        url = self.running.service_url + path
        form = {
            "AccountSid": self.running.account_sid,
            "CallSid": sid,
            "CallStatus": status,
            "From": "+4670900" + str(int(sid[2:10], 16) % 10000).zfill(4),
            "To": "+46850000000",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
        signature = sign(self.running.auth_token, url, {name: [value] for name, value in form.items()})
        async with session.post(url, data=form, headers={"X-Twilio-Signature": signature}) as answer:
            return await answer.text()

    def events(self, call_sid: str) -> list[dict[str, Any]]:
        """Return what the service wrote down about a call."""
        return self.running.events(call_sid)

    def processes(self) -> dict[str, int]:
        """Return service, recognition workers and Rasa."""
        return _ours(self.running.service_url.rsplit(":", 1)[1])


@dataclass
class Pipecat:
    """Pipecat's bot in its own process and environment."""

    name: str
    port: int
    heard_file: Path
    process: subprocess.Popen[bytes]

    @asynccontextmanager
    async def call(
        self, session: aiohttp.ClientSession, lateness: Lateness
    ) -> AsyncIterator[tuple[StreamCaller, str]]:
        """Open a stream; Pipecat asks for nothing before it."""
        sid = "CA" + secrets.token_hex(16)
        async with session.ws_connect(f"ws://127.0.0.1:{self.port}/voice/media", max_msg_size=0) as socket:
            yield StreamCaller(socket, sid, "AC" + "0" * 32, lateness), sid

    def processes(self) -> dict[str, int]:
        """Return its one process."""
        return {"bot": self.process.pid}


@contextmanager
def ours(name: str, folder: Path, transcriber: str, model: str, **settings: str) -> Iterator[Ours]:
    """Run the service; returns when every part of it is ready."""
    place = folder / name.replace(" ", "-")
    place.mkdir()
    settings = {"transcriber": transcriber, "whisper_model": model, "transcriber_workers": "2", **settings}
    with running_system(place, **settings) as running:
        _until(f"{running.service_url}/health/ready", READY_S)
        _until(f"{running.service_url}/metrics", READY_S, "ivr_recognition_workers 2.0")
        _until_prompts_lie_ready(place / "prompts" / "fixed")
        yield Ours(name, running)


@contextmanager
def pipecat(
    name: str, folder: Path, speak: Speak, row: str, compute_type: str = "default"
) -> Iterator[Pipecat]:
    """Run Pipecat's bot with the same model and voice as the service."""
    if not PEER_PYTHON.exists():
        raise SystemExit(f"no peer to compare with: run {PEER.relative_to(ROOT)}/set_up.sh first")
    reply, heard = folder / "reply.wav", folder / f"heard-{name.replace(' ', '-')}.jsonl"
    heard.touch()
    write_wav(reply, (np.clip(speak(REPLY, "en"), -1, 1) * 32767).astype(np.int16), 8000)
    (port,) = free_ports(1)
    command = [str(PEER_PYTHON), str(PEER / "bot.py"), "--port", str(port), "--row", row]
    command += ["--compute-type", compute_type, "--reply", str(reply), "--heard", str(heard)]
    command += ["--model", str((ROOT / "var/models/faster-whisper/base").resolve())]
    offline = {"HF_HUB_OFFLINE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / f"{name.replace(' ', '-')}.log").open("wb") as log:
        process = subprocess.Popen(command, env=dict(os.environ) | offline, stdout=log, stderr=log)
    try:
        _until(f"http://127.0.0.1:{port}/health/live", START_LIMIT_S)
        yield Pipecat(name, port, heard, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _until_prompts_lie_ready(folder: Path) -> None:
    """Wait until a new house has rendered its fixed sentences: a core's work for ten seconds, once."""
    before, now = -1, 0
    while now != before:
        time.sleep(PROMPTS_S)  # noqa: TID251  waits for another process, in real time
        before, now = now, len(list(folder.glob("*.wav")))


def _until(url: str, limit_s: float, line: str = "") -> None:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(url, timeout=2.0, trust_env=False)
            if answer.status_code == 200 and line in answer.text:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.25)  # noqa: TID251  waits for another process, in real time
    raise SystemExit(f"{url} was not ready in {limit_s:.0f} s")


def _ours(port: str) -> dict[str, int]:
    """Find the web service by its port, and what it started."""
    found: dict[str, int] = {}
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            commands[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            continue
    bound = [pid for pid, command in commands.items() if "gunicorn" in command and f":{port} " in command]
    service = max(bound)  # the arbiter started first; the worker is the younger one
    found["service"] = service
    for pid, parent in parents.items():
        if parent == service and "spawn_main" in commands[pid]:
            found[f"recognition {pid}"] = pid
    run = parents.get(min(bound), 0)
    for pid, parent in parents.items():
        if parent == run and "rasa_process" in commands[pid]:
            found["rasa"] = pid
    return found
