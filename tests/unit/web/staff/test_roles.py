"""Which role gets to which page, and what the frame shows of it."""

from pathlib import Path

import pytest
from flask import Blueprint

from ivr.config import Settings
from ivr.roles import Role, RolesUnreadable, read_roles
from ivr.web.staff.gate import Gate, requires
from tests.support.desk_scene import DeskScene
from tests.support.web_scene import make_settings


@pytest.fixture
def scene(tmp_path: Path) -> DeskScene:
    scene = DeskScene(tmp_path)
    studio = Blueprint("studio", __name__, url_prefix="/studio")
    Gate(scene.services, Role.DESIGNER, policy={"connect-src": "https://x.example"}).guard(studio)
    studio.get("")(lambda: "the studio")
    studio.post("/publish", endpoint="publish")(requires(Role.SUPERVISOR)(lambda: "published"))
    scene.app.register_blueprint(studio)
    return scene


def test_a_page_is_for_its_roles_only(scene: DeskScene) -> None:
    designer, anna = scene.agent("Erik", Role.DESIGNER), scene.agent("Anna")
    assert designer.sees("/studio").text == "the studio"
    assert designer.sees("/desk").status_code == 403
    refused = anna.sees("/studio")
    assert refused.status_code == 403
    assert "not for your role" in refused.text
    assert scene.visitor().sees("/studio").headers["Location"] == "/staff/sign-in?next=/studio"


def test_a_view_may_want_another_role_on_top(scene: DeskScene) -> None:
    designer = scene.agent("Erik", Role.DESIGNER)
    assert designer.posts("/studio/publish").status_code == 403
    page = designer.sees("/desk").text  # refused, in the frame that holds the token
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    answer = designer.posts("/studio/publish", csrf=token)
    assert (answer.status_code, answer.text) == (403, "your role does not allow this\n")


def test_navigation_shows_the_pages_that_are_yours_and_exist(scene: DeskScene) -> None:
    anna = scene.agent("Anna").sees().text
    assert '<a href="/desk" aria-current="page">Desk</a>' in anna
    assert "Studio" not in anna
    designer = scene.agent("Erik", Role.DESIGNER).sees("/desk").text
    assert '<a href="/studio">Studio</a>' in designer
    assert "Insights" not in designer  # nobody has registered it


def test_a_supervisor_on_the_list_of_agents_takes_calls_too(scene: DeskScene) -> None:
    assert "be-away" in scene.agent("Anna", Role.SUPERVISOR).sees().text
    greta = scene.agent("Greta", Role.SUPERVISOR)
    assert "be-away" not in greta.sees().text
    assert greta.does("/desk/presence", presence="away").status_code == 403


def test_a_link_gives_its_own_role_and_wants_a_name(scene: DeskScene) -> None:
    page = scene.visitor().sees(scene.link(Role.DESIGNER)).text
    assert "signs in one designer" in page
    assert scene.visitor().signs_in(scene.link(Role.DESIGNER), " ").status_code == 400
    signed_in = scene.visitor().signs_in(scene.link(Role.DESIGNER), "Erik")
    assert signed_in.headers["Location"] == "/studio"


def test_a_supervisor_taken_off_the_list_of_agents_stays_supervisor(scene: DeskScene) -> None:
    anna = scene.agent("Anna", Role.SUPERVISOR)
    scene.records.enlist_agents([("Bo", "+46850000002")])
    page = anna.sees()
    assert page.status_code == 200
    assert "be-away" not in page.text


def test_a_page_may_add_sources_to_the_policy(scene: DeskScene) -> None:
    policy = scene.agent("Erik", Role.DESIGNER).sees("/studio").headers["Content-Security-Policy"]
    assert "connect-src 'self' https://x.example;" in policy


def test_values_of_the_provider_become_roles() -> None:
    roles = read_roles("Team leads=agent, Team leads=supervisor, a=b=designer")
    assert roles == {"Team leads": {Role.AGENT, Role.SUPERVISOR}, "a=b": {Role.DESIGNER}}


@pytest.mark.parametrize("text", ["agent", "=agent", "x=boss"])
def test_an_unknown_role_is_named(text: str) -> None:
    with pytest.raises(RolesUnreadable, match=text):
        read_roles(text)


@pytest.mark.parametrize("issuer", ["http://login.example", "ftp://login.example", "login.example"])
def test_an_issuer_is_reached_by_https_or_on_this_machine(issuer: str) -> None:
    with pytest.raises(ValueError, match="https"):
        make_settings(openid_issuer=issuer)
    settings: Settings = make_settings(openid_issuer="http://127.0.0.1:9000")
    assert settings.openid_issuer == "http://127.0.0.1:9000"
