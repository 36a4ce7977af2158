"""Who is taken for whom: ORL photographs against templates of everybody, enrolled from one photograph or several."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from edge_agent.observations import FaceObservation
from edge_agent.perception.face import FacePerceiver, FaceTemplate, enrol_face
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import Box, Embedding, Landmarks, Picture
from edge_agent.readings import CameraFrame
from models.face.orl import Photo
from models.face.rates import Trials

EXPECTED = "expected"


@dataclass(frozen=True)
class Verification:
    """Comparisons of the photographs that enrolled nobody; ``refused`` had a face that was not good enough to compare.

    ``not_enrolled`` are people of whom no photograph was good enough to enrol.
    """

    trials: Trials
    photographs: int
    faceless: int
    refused: int
    not_enrolled: int


class RememberingEngine:
    """A ``FaceEngine`` that finds and embeds each picture once, because it is enrolled and compared many times."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._boxes: dict[bytes, list[Box]] = {}
        self._landmarks: dict[bytes, Landmarks] = {}
        self._embeddings: dict[bytes, Embedding] = {}

    @property
    def made_by(self) -> str:
        """SHA-256 of the model that embeds."""
        return self._engine.made_by

    def boxes(self, rgb: Picture) -> list[Box]:
        """As the engine finds them."""
        key = rgb.tobytes()
        if key not in self._boxes:
            self._boxes[key] = self._engine.boxes(rgb)
        return self._boxes[key]

    def landmarks(self, rgb: Picture, box: Box) -> Landmarks:
        """As the engine sets them."""
        key = rgb.tobytes()
        if key not in self._landmarks:
            self._landmarks[key] = self._engine.landmarks(rgb, box)
        return self._landmarks[key]

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        """As the engine makes it."""
        key = rgb.tobytes()
        if key not in self._embeddings:
            self._embeddings[key] = self._engine.embedding(rgb, box)
        return self._embeddings[key]

    def similarity(self, seen: Embedding, template: Embedding) -> float:
        """As the engine defines it."""
        return self._engine.similarity(seen, template)


def verify(photos: Sequence[Photo], enrolments: Sequence[Set[int]], engine: FaceEngine) -> Verification:
    """Enrol everybody from the photographs of some numbers, compare all others with every template; then do it again.

    The pictures go the device's own way: one perceiver for each template.
    """
    return _joined([_verified(photos, numbers, engine) for numbers in enrolments])


def _verified(photos: Sequence[Photo], numbers: Set[int], engine: FaceEngine) -> Verification:
    people = sorted({photo.person for photo in photos})
    templates = {person: _template(person, photos, numbers, engine) for person in people}
    probes = [photo for photo in photos if photo.number not in numbers]
    seen = {person: _looks(probes, template, engine) for person, template in templates.items() if template}
    looks = next(iter(seen.values()))
    return Verification(
        Trials(
            np.array([_or_nan(look.similarity) for row in seen.values() for look in row]),
            np.repeat(list(seen), len(probes)),
            np.tile([photo.person for photo in probes], len(seen)),
        ),
        photographs=len(probes),
        faceless=sum(look.faces == 0 for look in looks),
        refused=sum(look.flaw is not None for look in looks),
        not_enrolled=len(people) - len(seen),
    )


def _joined(parts: Sequence[Verification]) -> Verification:
    trials = [part.trials for part in parts]
    return Verification(
        Trials(
            np.concatenate([one.similarity for one in trials]),
            np.concatenate([one.claimed for one in trials]),
            np.concatenate([one.seen for one in trials]),
        ),
        photographs=sum(part.photographs for part in parts),
        faceless=sum(part.faceless for part in parts),
        refused=sum(part.refused for part in parts),
        not_enrolled=sum(part.not_enrolled for part in parts),
    )


def _template(person: int, photos: Sequence[Photo], numbers: Set[int], engine: FaceEngine) -> FaceTemplate | None:
    own = [photo for photo in photos if photo.person == person and photo.number in numbers]
    try:
        return enrol_face([CameraFrame(0, photo.rgb) for photo in own], engine)
    except ValueError:
        return None


def _looks(photos: Sequence[Photo], template: FaceTemplate, engine: FaceEngine) -> list[FaceObservation]:
    perceiver = FacePerceiver(EXPECTED, {EXPECTED: template}, engine)
    return [perceiver.perceive(CameraFrame(0, photo.rgb)) for photo in photos]


def _or_nan(similarity: float | None) -> float:
    return np.nan if similarity is None else similarity
