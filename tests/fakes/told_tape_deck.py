"""A network that records as it is told: what each recording is doing, what fails, what it held when."""

from ivr.telephony.tape_deck import CURRENT, TapeFailed
from tests.fakes.told_shelf import ToldShelf


class ToldTapeDeck(ToldShelf):
    """Implements `TapeDeck` and the shelf behind it. `fails` names the steps that fail."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, str] = {}
        self.done: list[str] = []
        self.live: set[str] = set()
        self.fails: set[str] = set()

    def start(self, call_id: str) -> str:
        self._does("start")
        if call_id not in self.live:
            raise TapeFailed("over")
        sid = f"RE{len(self.states):032x}"
        self.states[sid] = "in-progress"
        self.there.setdefault(call_id, []).append(sid)
        return sid

    def pause(self, call_id: str, recording_sid: str) -> bool:
        return self._change("pause", call_id, recording_sid, "paused")

    def resume(self, call_id: str, recording_sid: str) -> bool:
        return self._change("resume", call_id, recording_sid, "in-progress")

    def stop(self, call_id: str, recording_sid: str) -> bool:
        return self._change("stop", call_id, recording_sid, "stopped")

    def _change(self, step: str, call_id: str, sid: str, state: str) -> bool:
        self._does(step)
        there = self.there.get(call_id, [])
        sid = there[-1] if sid == CURRENT and there else sid
        if self.states.get(sid, "stopped") == "stopped":
            return False
        self.states[sid] = state
        return True

    def _does(self, step: str) -> None:
        if step in self.fails:
            raise TapeFailed(step)
        self.done.append(step)
