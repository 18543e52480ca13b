"""Understanding by Rasa over its HTTP API: words in, the turn's prompts, verdict and facts out."""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import requests

from ivr import log
from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.dialogue import CallerInput, DialogueReply, DialogueUnavailable, Keyed, Spoken, Verdict
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.rasa_tracker import TrackerUnreadable, read_turn, turn_reply
from ivr.dialogue.serving_rasa import ServingRasa
from ivr.dialogue.spoken.codes import DIGIT, find_code, keyed_code, likeliest_code
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.dialogue.spoken.readings import IsKnown, likeliest_words
from ivr.dialogue.wording import Wording

_log = log.get("rasa")
REMEMBERED_CALLS = 4096
TURN_PATH = "/webhooks/turns/turn"
_ORDER_NUMBER, _POSTCODE = "order_number", "postcode"
DIGITS_ONLY = DIGIT * 6
_STAND_IN = "000000"  # what Rasa is given for a number with letters, which it was not trained on
_LENGTHS = {_ORDER_NUMBER: (6,), _POSTCODE: (5, 4)}


class RasaDialogue:
    """Implements `Dialogue` with a Rasa server on this machine.

    One request a turn, to the channel `in_rasa/turns.py`: words in; intent, form, slots and the names of
    what is said out. The words themselves come from `Wording`, so one model serves every language's wording.
    """

    def __init__(
        self,
        serving: ServingRasa | str,
        token: str,
        wording: Wording,
        timeout_s: float = 3.0,
        is_order: IsKnown | None = None,
        order_shape: str = DIGITS_ONLY,
    ) -> None:
        """`is_order` says whether an order has this number; it chooses between readings of one sound.

        `order_shape` is what the shop's numbers look like, as `hear_code` takes it.
        """
        self._serving = ServingRasa(serving) if isinstance(serving, str) else serving
        self._token = token
        self._wording = wording
        self._timeout_s = timeout_s
        self._is_order = is_order
        self._order_shape = order_shape
        self._connections = threading.local()
        self._expected: OrderedDict[str, Expectation] = OrderedDict()
        self._expected_before: dict[str, Expectation] = {}  # of the same calls, a turn earlier
        self._lock = threading.Lock()

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        """Answer one input. Blocking up to twice the time limit. Raises DialogueUnavailable."""
        takes_back = isinstance(heard, Spoken) and heard.takes_back
        if takes_back:
            self._expect_as_before(call_id)
        code, message = self._code(call_id, heard, language)
        message = message if code else self._message(call_id, heard, language)
        if not message:
            return self._nothing_heard(call_id)
        said = heard.text if isinstance(heard, Spoken) else message
        metadata = {"language": language, "said": said} | ({"code": code} if code else {})
        body = {"sender": call_id, "message": message, "metadata": metadata, "takes_back": takes_back}
        try:
            left_behind = self._ask(self._serving.url_of(call_id), "POST", TURN_PATH, body)
        except DialogueUnavailable as gone:
            # Its Rasa ended early: what was said so far is lost, the call goes on with the one that serves.
            if not gone.is_retrying_useful or not self._serving.move(call_id):
                raise
            left_behind = self._ask(self._serving.url_of(call_id), "POST", TURN_PATH, body)
        try:
            reply = turn_reply(read_turn(left_behind, message), self._wording, language)
        except TrackerUnreadable as unreadable:
            raise DialogueUnavailable(str(unreadable), is_retrying_useful=False) from unreadable
        reply = replace(reply, expects=self._with_its_digits(reply.expects))
        self._remember(call_id, reply.expects)
        return reply

    def understand(self, text: str, language: str) -> tuple[str, float]:
        """Return what words mean by themselves: intent and confidence. Raises DialogueUnavailable."""
        intent = self.parse(text, language)["intent"]
        return str(intent.get("name")), float(intent.get("confidence") or 0.0)

    def parse(self, text: str, language: str) -> Mapping[str, Any]:
        """Return Rasa's whole parse of words by themselves; it has an intent. Raises DialogueUnavailable."""
        plain = plain_words(hear_numbers(text, language).text)
        parsed = self._ask(self._serving.url(), "POST", "/model/parse", {"text": plain})
        if not isinstance(parsed, Mapping) or not isinstance(parsed.get("intent"), Mapping):
            raise DialogueUnavailable("Rasa's parse has no intent", is_retrying_useful=False)
        return parsed

    def is_ready(self) -> bool:
        """Say whether Rasa answers and has a model loaded."""
        try:
            status = self._ask(self._serving.url(), "GET", "/status", None)
        except DialogueUnavailable:
            return False
        return isinstance(status, Mapping) and bool(status.get("model_id"))

    def forget(self, call_id: str) -> None:
        """Empty Rasa's memory of a call that is over; personal data does not stay there."""
        with self._lock:
            self._expected.pop(call_id, None)
            self._expected_before.pop(call_id, None)
        try:
            path = f"/conversations/{quote(call_id, safe='')}/tracker/events"
            self._ask(self._serving.url_of(call_id), "PUT", path, [])
        except DialogueUnavailable as gone:
            _log.warning("call_not_forgotten", call_id=call_id, why=str(gone))
        self._serving.forget(call_id)

    def _expect_as_before(self, call_id: str) -> None:
        """Read what comes as an answer to the question before."""
        with self._lock:
            self._expected[call_id] = self._expected_before.get(call_id, Expectation())

    def _message(self, call_id: str, heard: CallerInput, language: str) -> str:
        if isinstance(heard, Keyed):
            if self._order_shape != DIGITS_ONLY and self._awaited_number(call_id) == _ORDER_NUMBER:
                return ""  # keys that no single order's number may be
            digits = re.sub(r"[^0-9]", "", heard.digits)[:32]
            return "/enter_digits" + json.dumps({"digits": digits}) if digits else ""
        step = self._awaited_number(call_id)
        lengths = _LENGTHS.get(step, ())
        words = heard.text
        if step == _ORDER_NUMBER:  # a postcode is not chosen by what fits: it is what proves who calls
            words = likeliest_words((words, *heard.readings), language, lengths, self._is_order)
        return plain_words(hear_numbers(words, language, lengths).text)

    def _code(self, call_id: str, heard: CallerInput, language: str) -> tuple[str | None, str]:
        """Return the order number with letters in what was heard, and what Rasa is given with a stand-in.

        None where numbers have no letters, and where there is none.
        """
        if self._order_shape == DIGITS_ONLY:
            return None, ""
        step, shape = self._awaited_number(call_id), self._order_shape
        if isinstance(heard, Keyed):
            return (keyed_code(heard.digits, shape, self._is_order) if step != _POSTCODE else None), _STAND_IN
        if step == _ORDER_NUMBER:
            return likeliest_code((heard.text, *heard.readings), shape, language, self._is_order), _STAND_IN
        if self._is_order is None:
            return None, ""
        found = find_code(heard.text, shape, language)  # nobody asked: only one that exists is one
        if found is None or not self._is_order(found.code):
            return None, ""
        return found.code, plain_words(f"{heard.text[: found.start]} {_STAND_IN} {heard.text[found.end :]}")

    def _with_its_digits(self, expects: Expectation) -> Expectation:
        """Let the turn end, and an entry of keys, with as many digits as the shop's numbers have."""
        if expects.step != _ORDER_NUMBER or expects.kind is not Expecting.DIGITS:
            return expects
        if self._order_shape == DIGITS_ONLY:
            return expects
        return replace(expects, digits=self._order_shape.count(DIGIT), shape=self._order_shape)

    def _awaited_number(self, call_id: str) -> str:
        """Return which number was asked for; empty when none was."""
        with self._lock:
            expected = self._expected.get(call_id, Expectation())
        return expected.step if expected.kind is Expecting.DIGITS else ""

    def _nothing_heard(self, call_id: str) -> DialogueReply:
        with self._lock:
            return DialogueReply(Verdict.NO_MATCH, expects=self._expected.get(call_id, Expectation()))

    def _remember(self, call_id: str, expects: Expectation) -> None:
        with self._lock:
            self._expected_before[call_id] = self._expected.get(call_id, Expectation())
            self._expected[call_id] = expects
            self._expected.move_to_end(call_id)
            while len(self._expected) > REMEMBERED_CALLS:
                oldest, _ = self._expected.popitem(last=False)
                self._expected_before.pop(oldest, None)

    def _ask(self, url: str, method: str, path: str, body: Any) -> Any:
        connection = getattr(self._connections, "session", None)
        if connection is None:
            connection = self._connections.session = requests.Session()
            connection.trust_env = False  # Rasa is on this machine; no proxy is asked
        try:
            answer = connection.request(
                method,
                url + path,
                params={"token": self._token},
                json=body,
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except requests.RequestException as failed:
            is_slow = isinstance(failed, requests.Timeout)
            what = f"Rasa: {type(failed).__name__}"
            raise DialogueUnavailable(what, is_retrying_useful=not is_slow) from failed
        if answer.status_code != 200:
            # A turn that broke in Rasa may have done something already: it is not given again.
            is_retrying_useful = answer.status_code >= 500 and path != TURN_PATH
            raise DialogueUnavailable(f"Rasa answered {answer.status_code}", is_retrying_useful)
        try:
            return answer.json()
        except ValueError as nonsense:
            raise DialogueUnavailable("Rasa's answer is not JSON", is_retrying_useful=True) from nonsense
