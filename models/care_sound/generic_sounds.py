"""Build the sounds that a home's own are told apart from:
``python -m models.care_sound.generic_sounds --data ../shared/data``.

Points of recordings of the training and validation splits, by the care-sound model that stands beside this file; to be
built anew with each new one. Prints the SHA-256 for the registry's row ``generic_sounds``.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np

from edge_agent.perception.generic_sounds import GenericSounds, to_bytes
from models.care_sound.data import KITCHEN20_CUES, KITCHEN20_UNKNOWN
from models.care_sound.site_points import SPEECH, Embedder, Points, points_of
from visit_record.vocabulary import SoundCue

HERE = Path(__file__).parent


def generic_sounds(points: Points, student: str) -> GenericSounds:
    """The generic ones among clips; ``student`` is the SHA-256 of the model that made their points."""
    held: dict[str, set[SoundCue]] = {}
    for label, source in zip(points.labels, points.sources, strict=True):
        # A recording of which one clip holds a cue may hold it in all of them.
        held.setdefault(str(source), set()).update(may_hold(str(label)))
    chosen = points.sources[points.generic]
    return GenericSounds(
        points.points[points.generic],
        np.array([[cue not in held[str(source)] for cue in SoundCue] for source in chosen]),
        np.unique(chosen, return_inverse=True)[1].astype(np.int64),
        student,
    )


def may_hold(label: str) -> frozenset[SoundCue]:
    """The cues that a clip of a label holds or may hold."""
    if label == SPEECH:
        return frozenset({SoundCue.SPEECH, SoundCue.MEDIA})
    return KITCHEN20_CUES.get(label, frozenset()) | KITCHEN20_UNKNOWN.get(label, frozenset())


def main() -> None:
    """Write the file and print its hash."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--student", type=Path, default=HERE / "care_sound.onnx")
    arguments.add_argument("--out", type=Path, default=HERE / "generic_sounds.npz")
    chosen = arguments.parse_args()
    student = hashlib.sha256(chosen.student.read_bytes()).hexdigest()
    content = to_bytes(generic_sounds(points_of(chosen.data, Embedder(chosen.student)), student))
    chosen.out.write_bytes(content)
    sys.stdout.write(f"{hashlib.sha256(content).hexdigest()}  {chosen.out}\n")


if __name__ == "__main__":
    main()
