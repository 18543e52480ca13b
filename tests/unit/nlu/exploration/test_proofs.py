"""However a model goes live, rules that keep a caller from a person are refused with the path as a story."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.clock import SystemClock
from ivr.nlu.exploration.proof import DeadEnd, Proof, prove
from ivr.nlu.exploration.proofs import Proofs, RulesNotKept, keep_rules
from ivr.nlu.model_reader import Parsed
from ivr.nlu.model_store import Manifest, ModelStore
from ivr.nlu.release_command import proved_and_trained
from ivr.nlu.releasing import ReleaseRefused, Releases
from ivr.nlu.studio.preview import Previews
from ivr.nlu.studio.release_room import ReleaseRoom
from ivr.nlu.training import Trained
from ivr.running.served_model import Noticeboard
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock
from tests.support.small_dialogue import GOODBYE, HELLO, LANGUAGES, PERSON, small_dialogue, write

STORY = r"a person is one turn away(.|\n)*stories:(.|\n)*- intent: speak_to_person"


class NothingToRead:
    """Stands in for a model where no sentence is held out."""

    def read_ahead(self, sentences: Iterable[str]) -> None:
        assert not list(sentences)

    def parse(self, plain: str) -> Parsed:
        raise AssertionError(plain)


class House:
    """A small nlu_data, a store, and proofs that count how often they are made."""

    def __init__(self, folder: Path) -> None:
        self.nlu_data = small_dialogue(folder / "nlu_data")
        (self.nlu_data / "tests").mkdir()
        (self.nlu_data / "holdout").mkdir()
        self.store = ModelStore(folder)
        self.explored = 0
        self.proofs = Proofs(self.store.folder, self.nlu_data, self.prove, LANGUAGES)

    def prove(self, folder: Path) -> Proof:
        self.explored += 1
        proof = prove(folder, LANGUAGES, SystemClock(), is_core_explored=False)
        if proof.broken:
            raise DeadEnd(proof.told())
        return proof

    def train(self, version: str) -> Trained:
        made = self.nlu_data.parent / "made.tar.gz"
        made.write_text(version)
        self.store.folder.mkdir(parents=True, exist_ok=True)
        model = self.store.add(made, Manifest(version, version, "t", "x", 1.0, None, False, {}, {}, 0))
        keep_rules(self.nlu_data, model.parent)
        return Trained(model, version, True, version, 1.0)

    def releases(self) -> Releases:
        @contextmanager
        def read(_: Path) -> Iterator[NothingToRead]:
            yield NothingToRead()

        @contextmanager
        def talked_to(_: Path) -> Iterator[ScriptedDialogue]:
            yield ScriptedDialogue({})

        return Releases(
            *(self.nlu_data, self.store, Noticeboard(self.nlu_data.parent)),
            *(read, talked_to, SteeredClock(), "Maj", lambda _: None, self.proofs.of_model),
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "nlu_data").mkdir()
    return House(tmp_path)


def test_a_version_whose_rules_lack_a_person_is_refused_even_when_the_folder_is_mended(house: House) -> None:
    write(house.nlu_data, [GOODBYE, HELLO])
    house.train("v1")
    write(house.nlu_data, [PERSON, GOODBYE, HELLO])
    with pytest.raises(ReleaseRefused, match=STORY):
        house.releases().release("v1")
    assert house.store.live_version() is None
    assert house.store.history()[0].what == "refused"


def test_a_sound_version_goes_live_though_the_folder_is_broken_by_now(house: House) -> None:
    house.train("v1")
    write(house.nlu_data, [GOODBYE, HELLO])
    house.releases().release("v1")
    assert house.store.live_version() == "v1"


def test_a_version_that_kept_no_rules_is_refused_with_what_to_do(house: House) -> None:
    house.train("v1")
    (house.store.folder / "v1" / "rules").rename(house.nlu_data / "elsewhere")
    with pytest.raises(RulesNotKept, match="ivr nlu train"):
        house.proofs.of_model("v1")
    with pytest.raises(ReleaseRefused, match="did not keep their rules"):
        house.releases().release("v1")


def test_the_studio_refuses_when_it_prepares_and_tells_the_story(house: House) -> None:
    write(house.nlu_data, [GOODBYE, HELLO])

    def train(who: str, say: object) -> str:
        return proved_and_trained(house.proofs.of_folder, lambda: house.train("v1"), lambda _: None)

    previews = Previews(house.nlu_data, house.store, None, None)  # type: ignore[arg-type]
    room = ReleaseRoom(
        *(house.store, previews, train, lambda who, say: house.releases(), lambda _: []), SteeredClock()
    )
    room.prepare("Doris")
    room.wait(20)
    assert room.job is not None
    assert "stories:" in room.job.problem
    room.release("v1", "Doris")
    room.wait(20)
    assert "stories:" in room.job.problem
    assert house.store.live_version() is None


def test_the_same_rules_and_words_are_proved_once(house: House) -> None:
    house.proofs.of_folder()
    house.train("v1")
    house.proofs.of_model("v1")
    Proofs(house.store.folder, house.nlu_data, house.prove, LANGUAGES).of_model("v1")
    assert house.explored == 1
    Proofs(house.store.folder, house.nlu_data, house.prove, ("en",)).of_model("v1")
    assert house.explored == 2
    file = house.nlu_data / "responses" / "en.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("Hello.", "Hello there."), encoding="utf-8")
    house.proofs.of_model("v1")
    assert house.explored == 3
