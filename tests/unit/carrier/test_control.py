"""The carrier's own control paths: faults, the log, the handset's files."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.carrier_rest import Rest
from tests.support.carrier_world import NUMBER, World, play, twiml

JSON = {"Content-Type": "application/json"}


def test_faults_are_asked_for_listed_and_cleared() -> None:
    async def scenario(world: World) -> None:
        rest = Rest(world)
        fault = {"kind": "delay", "path": "/voice/*", "seconds": 2, "count": 3}
        assert (await rest.raw("POST", "/faults", json.dumps(fault).encode(), JSON)).status == 201
        (listed,) = json.loads((await rest.raw("GET", "/faults")).body)  # type: ignore[arg-type]
        assert {**listed, **fault} == listed
        assert (await rest.raw("DELETE", "/faults")).status == 204
        assert world.exchange.faults.faults == []

    play(scenario)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {},
        [],
        "delay",
        {"kind": "delay", "count": 0},
        {"kind": "delay", "seconds": "2"},
        {"kind": "delay", "seconds": -1},
        {"kind": "packet_loss", "fraction": 2},
        {"kind": "delay", "count": True},
        {"kind": "delay", "surprise": 1},
    ],
)
def test_wrong_faults_are_refused(wrong: Any) -> None:
    async def scenario(world: World) -> None:
        assert (await Rest(world).raw("POST", "/faults", json.dumps(wrong).encode(), JSON)).status == 400
        assert world.exchange.faults.faults == []

    play(scenario)


def test_a_form_cannot_ask_for_faults() -> None:
    async def scenario(world: World) -> None:
        assert (await Rest(world).raw("POST", "/faults", b"kind=drop")).status == 415

    play(scenario)


def test_the_log_tells_webhooks_and_alerts() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Say shout="yes">Hi</Say>', after_s=0.5))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await phone.until("ended")
        rest = Rest(world)
        (webhook,) = json.loads((await rest.raw("GET", f"/log?kind=webhook&call_sid={phone.sid}")).body)[:1]  # type: ignore[arg-type]
        assert (webhook["status"], webhook["took_s"], webhook["purpose"]) == (200, 0.5, "twiml")
        (alert,) = json.loads((await rest.raw("GET", "/log?kind=alert")).body)  # type: ignore[arg-type]
        assert (alert["code"], alert["level"]) == (12200, "warning")

    play(scenario)


@pytest.mark.parametrize("path", ["/phone/nothing.js", "/phone/..%2Fapp.py", "/phone/%2e%2e%2fapp.py"])
def test_only_the_handsets_own_files_are_served(path: str) -> None:
    async def scenario(world: World) -> None:
        assert (await Rest(world).raw("GET", path)).status == 404
        assert (Path(world.exchange.settings.handset_dir).parent / "app.py").is_file()

    play(scenario)
