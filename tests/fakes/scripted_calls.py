"""Calls that answer the webhooks as the test says, and remember what they were asked."""

from ivr.calls.webhook_answers import AfterStream, StreamOutcome, WebhookAnswer, WebhookTurn


class ScriptedCalls:
    """Implements what the web blueprints need of `ivr.calls`."""

    def __init__(self) -> None:
        self.outcome = StreamOutcome(AfterStream.ENDED)
        self.answers: list[WebhookAnswer | None] = []
        self.turns: list[tuple[str, WebhookTurn]] = []
        self.hung_up: list[str] = []
        self.has_room = True

    def admit(self, call_id: str) -> bool:
        """Say what the test says."""
        return self.has_room

    def after_stream(self, call_id: str) -> StreamOutcome:
        """Return the scripted outcome."""
        return self.outcome

    def webhook_turn(self, call_id: str, turn: WebhookTurn) -> WebhookAnswer | None:
        """Return the next scripted answer."""
        self.turns.append((call_id, turn))
        return self.answers.pop(0)

    def caller_hung_up(self, call_id: str) -> None:
        """Note a hang-up."""
        self.hung_up.append(call_id)
