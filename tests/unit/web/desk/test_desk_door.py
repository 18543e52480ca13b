"""Who gets to the desk and for how long: links, sessions, CSRF, and what no answer may leak."""

from pathlib import Path

import pytest

from ivr.records.models import metadata
from tests.support.desk_scene import DeskScene

MINUTE, HOUR = 60, 3600


@pytest.fixture
def scene(tmp_path: Path) -> DeskScene:
    return DeskScene(tmp_path)


def test_a_stranger_is_shown_how_to_get_a_link_and_nothing_else(scene: DeskScene) -> None:
    scene.caller_asks()
    stranger = scene.visitor()
    assert stranger.sees().headers["Location"] == "/staff/sign-in?next=/desk"
    assert "ivr link agent" in stranger.sees("/staff/sign-in").text
    assert stranger.sees("/desk/stream?page=abcdefgh").status_code == 401
    assert stranger.posts("/desk/presence", presence="away").status_code == 401


def test_a_link_signs_in_once_and_looking_at_it_does_not_use_it_up(scene: DeskScene) -> None:
    link = scene.link()
    assert "Anna" in scene.visitor().sees(link).text
    assert scene.visitor().signs_in(link, "Anna").status_code == 303
    second = scene.visitor()
    assert second.signs_in(link, "Bo").status_code == 403
    assert second.sees().status_code == 303
    assert "no longer works" in second.sees(link).text


def test_a_link_is_short_lived_and_sealed(scene: DeskScene) -> None:
    link = scene.link()
    assert scene.visitor().signs_in(link[:-2] + "xx", "Anna").status_code == 403
    scene.clock.advance(15 * MINUTE + 1)
    assert scene.visitor().signs_in(link, "Anna").status_code == 403


def test_only_agents_of_the_list_can_be_chosen(scene: DeskScene) -> None:
    assert scene.visitor().signs_in(scene.link(), "Mallory").status_code == 400


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(scene: DeskScene) -> None:
    cookie = scene.visitor().signs_in(scene.link(), "Anna").headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert part in cookie
    assert "Anna" not in cookie


def test_a_plain_http_desk_gets_a_cookie_it_can_send_back(tmp_path: Path) -> None:
    scene = DeskScene(tmp_path, public_url="http://127.0.0.1:8080")
    cookie = scene.visitor().signs_in(scene.link(), "Anna").headers["Set-Cookie"]
    assert "Secure" not in cookie


def test_a_session_ends_after_half_an_hour_without_a_sign_of_life(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    for _ in range(3):
        scene.clock.advance(29 * MINUTE)
        assert anna.sees().status_code == 200
    scene.clock.advance(30 * MINUTE)
    assert anna.sees().status_code == 303


def test_an_open_stream_is_no_sign_of_life(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    scene.clock.advance(29 * MINUTE)
    stream = anna.sees("/desk/stream?page=abcdefgh")
    assert stream.status_code == 200
    assert "Set-Cookie" not in stream.headers
    stream.close()
    scene.clock.advance(2 * MINUTE)
    assert anna.sees().status_code == 303


def test_a_session_ends_after_twelve_hours_whatever_happens(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    for _ in range(24 * 2 - 1):
        scene.clock.advance(15 * MINUTE)
        assert anna.sees().status_code == 200
    scene.clock.advance(15 * MINUTE)
    assert anna.sees().status_code == 303


def test_signing_out_ends_the_session_in_every_copy_of_its_cookie(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    cookie = anna.client.get_cookie("staff", "bot.example")
    assert cookie is not None
    anna.does("/staff/sign-out")
    copy = scene.visitor()
    copy.client.set_cookie("staff", cookie.value, domain="bot.example", secure=True)
    assert copy.sees().status_code == 303


@pytest.mark.parametrize("token", [{}, {"csrf": ""}, {"csrf": "guessed"}])
def test_a_form_from_elsewhere_changes_nothing(scene: DeskScene, token: dict[str, str]) -> None:
    anna = scene.agent("Anna")
    assert anna.posts("/desk/presence", presence="away", **token).status_code == 403
    assert scene.records.agents()[0].presence == "available"


def test_an_agent_who_left_the_list_is_signed_out(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    scene.records.enlist_agents([("Bo", "+46850000002")])
    assert anna.sees().status_code == 303


def test_pages_are_kept_nowhere_and_run_no_foreign_script(scene: DeskScene) -> None:
    headers = scene.agent("Anna").sees().headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self'"
    )
    assert headers["Referrer-Policy"] == "no-referrer"


def test_records_that_are_away_are_said_not_broken(tmp_path: Path) -> None:
    scene = DeskScene(tmp_path)
    anna = scene.agent("Anna")
    metadata.drop_all(scene.engine)
    answer = anna.sees()
    assert answer.status_code == 503
    assert "records do not answer" in answer.text
