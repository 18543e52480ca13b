"""The trained model in a real Rasa, with the service's actions behind it, holds whole conversations."""

import socket
import uuid
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from ivr.dialogue.dialogue import Keyed, Spoken, Verdict
from ivr.dialogue.rasa_dialogue import TURN_PATH
from ivr.nlu.conversations import Conversation, load_conversations, run_conversation
from ivr.orders.order_book import Order, OrderStatus
from tests.fakes.memory_orders import MemoryOrderBook
from tests.support.real_rasa import ROOT, RealRasa, running_rasa

pytestmark = pytest.mark.rasa

ORDERS = [
    Order("471192", "11455", OrderStatus.SHIPPED, "Eva Berg", date(2030, 3, 6), "PostNord", "PN12345678SE"),
    Order("803415", "0155", OrderStatus.DELIVERED, "Ola Nord", date(2030, 3, 1)),
    Order("350871", "41106", OrderStatus.RECEIVED, "Leif Havsmark", date(2030, 3, 11)),
]
CONVERSATIONS = load_conversations(ROOT / "nlu_data" / "tests")


@pytest.fixture(scope="module")
def shop() -> MemoryOrderBook:
    return MemoryOrderBook(ORDERS)


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory, shop: MemoryOrderBook) -> Iterator[RealRasa]:
    with running_rasa(tmp_path_factory.mktemp("rasa"), shop) as running:
        yield running


@pytest.fixture
def call_id() -> str:
    return f"CA{uuid.uuid4().hex}"


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation.name)
def test_conversations_go_as_the_designers_wrote(rasa: RealRasa, conversation: Conversation) -> None:
    assert run_conversation(conversation, rasa.dialogue) == []


def test_the_status_is_read_with_date_and_tracking(rasa: RealRasa, call_id: str) -> None:
    rasa.dialogue.reply(call_id, Spoken("where is my order"), "en")
    rasa.dialogue.reply(call_id, Keyed("471192"), "en")
    reply = rasa.dialogue.reply(call_id, Spoken("one one four five five"), "en")
    assert " ".join(prompt.text for prompt in reply.prompts) == (
        "Your order has been shipped and is on its way. "
        "It should reach you on Wednesday the sixth of March. "
        "PostNord has it. The tracking code is P N 1, 2 3 4, 5 6 7, 8 S E. "
        "Is there anything else?"
    )
    assert reply.facts["is_verified"] == "true"
    assert reply.facts["customer_name"] == "Eva Berg"


def test_an_order_system_that_fails_leads_to_a_person(
    rasa: RealRasa, shop: MemoryOrderBook, call_id: str
) -> None:
    rasa.dialogue.reply(call_id, Keyed("471192"), "en")
    shop.is_down = True
    reply = rasa.dialogue.reply(call_id, Keyed("11455"), "en")
    shop.is_down = False
    assert (reply.verdict, reply.escalation) == (Verdict.HAND_OVER, "orders_unavailable")


def test_two_calls_at_once_do_not_mix(rasa: RealRasa, call_id: str) -> None:
    other = f"{call_id}-other"
    rasa.dialogue.reply(call_id, Keyed("471192"), "en")
    rasa.dialogue.reply(other, Keyed("803415"), "en")
    assert rasa.dialogue.reply(call_id, Spoken("0155"), "en").prompts[0].id == "utter_no_match_for_order"
    assert rasa.dialogue.reply(other, Spoken("0155"), "en").prompts[0].id == "utter_order_delivered"


def test_a_forgotten_call_leaves_nothing_behind(rasa: RealRasa, call_id: str) -> None:
    rasa.dialogue.reply(call_id, Keyed("471192"), "en")
    rasa.dialogue.forget(call_id)
    reply = rasa.dialogue.reply(call_id, Spoken("where is my order"), "en")
    assert reply.expects.step == "order_number"
    assert "order_number" not in reply.facts


def test_without_the_token_rasa_tells_nothing(rasa: RealRasa) -> None:
    assert httpx.get(f"{rasa.url}/status").status_code == 401
    assert httpx.get(f"{rasa.url}/conversations/x/tracker?token=wrong").status_code == 401
    turn = {"sender": "x", "message": "hello"}
    assert httpx.post(f"{rasa.url}{TURN_PATH}?token=wrong", json=turn).status_code == 401
    assert httpx.post(f"{rasa.url}/webhooks/rest/webhook", json=turn).status_code == 404
    assert httpx.put(f"{rasa.url}/model", json={"model_file": "/tmp/x.tar.gz"}).status_code == 401


def test_rasa_listens_on_this_machine_only(rasa: RealRasa) -> None:
    port = int(rasa.url.rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", port)) != 0
