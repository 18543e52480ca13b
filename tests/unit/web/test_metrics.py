"""Who may read the service's figures, and what they are."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from ivr.metrics import ServiceFigures, make_registry
from ivr.web.metrics import create_metrics_blueprint

TOKEN = "a-token-of-some-length"


class BusyCalls:
    most_calls = 16
    turned_away = 3

    def live_count(self) -> int:
        return 7


class TwoWorkers:
    def waiting(self) -> int:
        return 4

    def worker_pids(self) -> list[int]:
        return [1, 999999999]


def reader(token: str | None) -> FlaskClient:
    registry = make_registry(ServiceFigures(BusyCalls(), TwoWorkers()))
    settings = SimpleNamespace(metrics_token=SecretStr(token) if token else None)
    app = Flask(__name__)
    app.register_blueprint(create_metrics_blueprint(SimpleNamespace(settings=settings, metrics=registry)))  # type: ignore[arg-type]
    return app.test_client()


def test_the_figures_are_those_of_this_moment() -> None:
    lines = reader(None).get("/metrics").text.splitlines()
    for line in ("ivr_calls 7.0", "ivr_calls_limit 16.0", "ivr_calls_turned_away_total 3.0"):
        assert line in lines
    assert "ivr_recognition_waiting 4.0" in lines
    assert "ivr_recognition_workers 2.0" in lines
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)


@pytest.mark.parametrize(
    ("address", "headers"),
    [("10.0.0.9", {}), ("127.0.0.1", {"X-Forwarded-For": "10.0.0.9"}), ("127.0.0.1", {"Forwarded": "for=x"})],
)
def test_without_a_token_only_this_machine_reads(address: str, headers: dict[str, str]) -> None:
    answer = reader(None).get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(("shown", "status"), [(TOKEN, 200), ("wrong", 403), ("", 403), ("ä", 403)])
def test_with_a_token_it_is_asked_for(shown: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {shown}".encode("latin-1").decode("latin-1")}
    assert reader(TOKEN).get("/metrics", headers=headers).status_code == status
