"""Sign-in by a company's own identity provider, over real HTTP: who gets in, as what, and who does not."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import TestResponse

from tests.fakes.openid_provider import CLIENT_SECRET, OpenIdProvider, openid_provider
from tests.support.desk_scene import DeskScene, Visitor


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as running:
        yield running


def scene_with(provider: OpenIdProvider, folder: Path, **settings: Any) -> DeskScene:
    known = {
        "openid_issuer": provider.issuer,
        "openid_client_secret": CLIENT_SECRET,
        "openid_roles": "agent=agent,leads=supervisor",
    }
    return DeskScene(folder, **(known | settings))


def comes_back(visitor: Visitor, start: str = "/staff/openid/start?next=/desk") -> TestResponse:
    """Go to the provider and come back with what it says."""
    away = visitor.sees(start)
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    return visitor.sees(back.removeprefix("https://bot.example"))


def test_whom_the_provider_knows_is_signed_in_as_what_it_says(
    provider: OpenIdProvider, tmp_path: Path
) -> None:
    scene = scene_with(provider, tmp_path)
    visitor = scene.visitor()
    page = visitor.sees("/staff/sign-in?next=/desk").text
    assert 'href="/staff/openid/start?next=/desk"' in page
    answer = comes_back(visitor)
    assert answer.headers["Location"] == "/desk"
    assert "be-away" in visitor.sees().text
    provider.claims = {"name": "Greta", "roles": ["leads", "others"]}
    lead = scene.visitor()
    comes_back(lead)
    assert "be-away" not in lead.sees().text


def test_a_stranger_to_the_roles_or_the_list_of_agents_gets_nothing(
    provider: OpenIdProvider, tmp_path: Path
) -> None:
    scene = scene_with(provider, tmp_path)
    for claims in ({"name": "Anna", "roles": ["others"]}, {"name": "Mallory", "roles": ["agent"]}):
        provider.claims = claims
        visitor = scene.visitor()
        answer = comes_back(visitor)
        assert answer.status_code == 403
        assert "no role here" in answer.text
        assert visitor.sees().status_code == 303


@pytest.mark.parametrize(
    "lie", [{"iss": "https://other.example"}, {"aud": "another"}, {"nonce": "old"}, {"exp": 1}, {"name": ""}]
)
def test_a_token_that_is_not_for_us_signs_nobody_in(
    provider: OpenIdProvider, tmp_path: Path, lie: dict[str, Any]
) -> None:
    provider.lie = lie
    visitor = scene_with(provider, tmp_path).visitor()
    assert comes_back(visitor).status_code == 403
    assert visitor.sees().status_code == 303


def test_a_token_signed_by_somebody_else_signs_nobody_in(provider: OpenIdProvider, tmp_path: Path) -> None:
    provider.is_signed_by_another = True
    visitor = scene_with(provider, tmp_path).visitor()
    assert comes_back(visitor).status_code == 403
    assert visitor.sees().status_code == 303


def test_an_answer_nobody_asked_for_is_refused(provider: OpenIdProvider, tmp_path: Path) -> None:
    scene = scene_with(provider, tmp_path)
    away = scene.visitor().sees("/staff/openid/start")
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    other_browser = scene.visitor()
    assert other_browser.sees(back.removeprefix("https://bot.example")).status_code == 403
    assert other_browser.sees("/staff/openid/back?error=access_denied").status_code == 403


def test_a_provider_that_does_not_answer_is_said(tmp_path: Path) -> None:
    scene = DeskScene(tmp_path, openid_issuer="http://127.0.0.1:9")
    answer = scene.visitor().sees("/staff/openid/start")
    assert answer.status_code == 403
    assert "That did not work" in answer.text


def test_state_and_session_cookies_are_sealed_and_secure(provider: OpenIdProvider, tmp_path: Path) -> None:
    away = scene_with(provider, tmp_path).visitor().sees("/staff/openid/start")
    cookie = away.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Secure"):
        assert part in cookie
    assert CLIENT_SECRET.encode() not in base64.urlsafe_b64decode(cookie.split("=")[1].split(".")[0] + "===")
