"""The rules as `ivr nlu explore` follows them go where the real Rasa goes, over random talks."""

import json
import random
import uuid
from pathlib import Path

import pytest
import requests

from ivr.dialogue.actions import Actions
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.rasa_dialogue import TURN_PATH
from ivr.dialogue.rasa_tracker import TrackerUnreadable, read_turn, turn_reply
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.dialogue.wording import Wording
from ivr.nlu.exploration.dialogue_turns import DialogueTurns, Memory
from ivr.nlu.exploration.domain import Domain
from ivr.nlu.exploration.inputs import Heard, all_inputs
from ivr.nlu.exploration.rules import RuleBook
from tests.fakes.fixed_privacy_desk import FixedPrivacyDesk
from tests.fakes.memory_orders import TODAY, MemoryOrderBook
from tests.fakes.memory_shop import MemoryShop
from tests.fakes.steered_clock import SteeredClock
from tests.support.real_rasa import RASA_TOKEN, ROOT, RealRasa, running_rasa

NLU_DATA = ROOT / "nlu_data"
WALKS = 20
TURNS = 6
OVER = {"hand_over", "hang_up"}


def explored(orders: MemoryOrderBook) -> DialogueTurns:
    clock = SteeredClock()
    limits = MemoryTryLimits(clock, per_call=10_000, per_order=10_000)
    check = OrderCheck(orders, limits, clock, clock.advance, lambda _: None)
    actions = Actions(check, MemoryShop(orders), FixedPrivacyDesk(), lambda: TODAY)
    domain = Domain.load(NLU_DATA)
    return DialogueTurns(domain, RuleBook.load(NLU_DATA, frozenset(domain.forms)), actions)


def rasa_took(rasa: RealRasa, call: str, heard: Heard) -> tuple[list[str], dict]:
    """Give Rasa the intent itself; return the actions it took, and its tracker."""
    entities: dict[str, object] = dict.fromkeys(heard.entities - {"digits"}, "x")
    if heard.numbers:
        entities["digits"] = list(heard.numbers) if len(heard.numbers) > 1 else heard.numbers[0]
    message = f"/{heard.intent}{json.dumps(entities) if entities else ''}"
    said = "/enter_digits" + json.dumps({"digits": heard.words}) if heard.is_keyed else heard.words
    body = {"sender": call, "message": message, "metadata": {"language": "en", "said": said}}
    token = {"token": RASA_TOKEN}
    requests.post(rasa.url + TURN_PATH, params=token, json=body, timeout=20)
    tracker = requests.get(f"{rasa.url}/conversations/{call}/tracker", params=token, timeout=20).json()
    users = [at for at, event in enumerate(tracker["events"]) if event["event"] == "user"]
    tracker["events"][users[-1]]["text"] = message
    taken = [event["name"] for event in tracker["events"][users[-1] :] if event["event"] == "action"]
    return taken, {"tracker": tracker, "message": message}


def told(seen: object, wording: Wording) -> tuple:
    try:
        reply = turn_reply(seen, wording, "en")  # type: ignore[arg-type]
    except TrackerUnreadable as unreadable:
        return ("nothing", str(unreadable))
    return (reply.verdict.value, tuple(prompt.text for prompt in reply.prompts), reply.expects)


@pytest.mark.rasa
def test_random_talks_go_the_same_way_as_with_rasa(tmp_path: Path):
    wording = Wording.load(NLU_DATA, "Nordlys")
    inputs = [heard for heard in all_inputs(Domain.load(NLU_DATA).intents) if heard.intent != "goodbye"]
    dice = random.Random(20_301)
    turns = explored(MemoryOrderBook())
    compared = 0
    with running_rasa(tmp_path, MemoryOrderBook()) as rasa:
        for _ in range(WALKS):
            call, memory = f"walk-{uuid.uuid4().hex}", Memory()
            for _ in range(TURNS):
                heard = dice.choice(inputs)
                after, seen, taken = turns.take(memory, heard)
                really_taken, about = rasa_took(rasa, call, heard)
                real = told(read_turn(about["tracker"], about["message"]), wording)
                here = (heard.label, memory.by_name, really_taken)
                assert list(taken) == really_taken, here
                assert told(seen, wording) == real, here
                compared += 1
                if real[0] in OVER:
                    break
                memory = after
    assert compared >= 2 * WALKS
