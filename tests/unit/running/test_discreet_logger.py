"""gunicorn's log repeats no query of a request, whatever it says about it."""

import pytest
from gunicorn.config import Config

from ivr.running import gunicorn_config
from ivr.running.discreet_logger import DiscreetLogger


@pytest.mark.parametrize(
    ("message", "arguments", "written"),
    [
        ("Error handling request %s", ("/rasa/actions?token=hush",), "/rasa/actions?[withheld]"),
        ("Invalid HTTP request line: 'GET /a?token=hush&b=%2B46 x'", (), "'GET /a?[withheld] x'"),
        ("100% sure", (), "100% sure"),
        ("Listening at: %s", ("http://127.0.0.1:8080",), "Listening at: http://127.0.0.1:8080"),
    ],
)
def test_a_query_is_cut(
    capfd: pytest.CaptureFixture[str], message: str, arguments: tuple[str, ...], written: str
) -> None:
    log = DiscreetLogger(Config())
    log.warning(message, *arguments)
    said = capfd.readouterr().err
    assert written in said
    assert "hush" not in said


def test_the_service_runs_with_it_and_without_an_access_log() -> None:
    known = Config()
    known.set("logger_class", gunicorn_config.logger_class)
    assert known.logger_class is DiscreetLogger
    assert gunicorn_config.accesslog is None
