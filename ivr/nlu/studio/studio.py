"""The studio's parts in one place, as the pages use them."""

from dataclasses import dataclass
from pathlib import Path

from ivr.nlu.studio.labelling import Labelling
from ivr.nlu.studio.release_room import ReleaseRoom
from ivr.nlu.studio.sentences import Sentences
from ivr.nlu.studio.trying import TryOut


@dataclass(frozen=True)
class Studio:
    """What designers work with. `releases` needs Rasa's environment on this machine."""

    nlu_data: Path
    sentences: Sentences
    labelling: Labelling
    trying: TryOut
    releases: ReleaseRoom
