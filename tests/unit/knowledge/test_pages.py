"""What agents and other channels get of the articles."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from ivr.config import Settings
from ivr.knowledge.library import Library
from ivr.records.feed import Feed
from ivr.roles import Role
from ivr.web.knowledge import create_answers_blueprint, create_knowledge_blueprint
from ivr.web.sign_in import create_sign_in_blueprint
from ivr.web.staff.sessions import new_link
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.steered_clock import SteeredClock
from tests.support.desk_scene import Visitor
from tests.support.web_scene import make_settings

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"


@dataclass
class Parts:
    settings: Settings
    clock: SteeredClock
    library: Library
    records: MemoryCallRecords


@pytest.fixture
def visitor() -> Visitor:
    clock = SteeredClock()
    records = MemoryCallRecords(Feed(), clock, lambda: "900001")
    parts = Parts(make_settings(), clock, Library.load(NLU_DATA), records)
    app = Flask(__name__)
    app.testing = True
    app.register_blueprint(create_sign_in_blueprint(parts))
    app.register_blueprint(create_knowledge_blueprint(parts))
    app.register_blueprint(create_answers_blueprint(parts))
    visitor = Visitor(app.test_client())
    link = new_link(parts.settings, parts.clock.now(), Role.ANALYST)
    visitor.signs_in(link.removeprefix(parts.settings.public_url), "Erik")
    return visitor


def test_people_find_the_text_the_bot_says(visitor: Visitor) -> None:
    page = visitor.sees("/knowledge?q=vad+kostar+frakten&language=sv").get_data(as_text=True)
    assert "Frakten kostar fyrtionio kronor" in page
    page = visitor.sees("/knowledge/sv/delivery-cost").get_data(as_text=True)
    assert "Från 500 kr är frakten fri" in page


def test_articles_past_their_day_are_shown_as_such(visitor: Visitor) -> None:
    assert "To be checked" in visitor.sees("/knowledge").get_data(as_text=True)  # it is 2030 here
    assert "before you rely on it" in visitor.sees("/knowledge/en/warranty").get_data(as_text=True)


def test_other_channels_get_the_same_answer(visitor: Visitor) -> None:
    told = visitor.sees("/answers?q=what+does+delivery+cost&language=en").get_json()
    assert told["answer"].startswith("Delivery costs forty-nine kronor")
    assert told["version"]


@pytest.mark.parametrize("question", ["", "q=&language=xx", "q=" + "x" * 2000, "q=%00", "q=sing+a+song"])
def test_no_answer_is_an_answer_too(visitor: Visitor, question: str) -> None:
    assert visitor.sees(f"/answers?{question}").get_json()["answer"] is None


def test_an_unknown_article_is_not_there(visitor: Visitor) -> None:
    assert visitor.sees("/knowledge/en/nothing").status_code == 404
