"""Whose face looks into the camera, how well it can be seen, and how it is turned. No picture is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec import structs

from edge_agent.errors import ModelError
from edge_agent.observations import FaceObservation
from edge_agent.perception.face_cues import FaceCues
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import Embedding, FaceLibrary, Landmarks
from edge_agent.perception.face_pace import EmbeddingPace, Glance
from edge_agent.perception.face_quality import is_black
from edge_agent.perception.face_view import FaceView, nearest_face
from edge_agent.readings import CameraFrame


@dataclass(frozen=True, eq=False)
class FaceTemplate:
    """A person's template: float64 [n], and the SHA-256 of the model that made it. Biometric data: printing shows none.

    What one model made, another cannot compare.
    """

    embedding: Embedding = field(repr=False)
    made_by: str = field(repr=False)


class FacePerceiver:
    """Compares each frame's largest face with the caregiver who is expected and with the others on the roster."""

    def __init__(
        self,
        expected: str,
        roster: Mapping[str, FaceTemplate],
        engine: FaceEngine | None = None,
        pace: EmbeddingPace | None = None,
        cues: FaceCues | None = None,
    ) -> None:
        """Expect one caregiver of the roster; an id that the roster lacks is somebody who is not enrolled.

        Without ``engine`` it is dlib's; without ``pace`` the face of each frame is compared.

        Raises:
            ModelError: face-recognition or its models are not installed, or a template was made by another model.
        """
        self._engine = engine or FaceLibrary()
        _refuse_foreign(roster, self._engine)
        self._pace = pace or EmbeddingPace(every_ms=0)
        self._expected = roster.get(expected)
        self._others = {caregiver: template for caregiver, template in roster.items() if caregiver != expected}
        self._compares = bool(roster)
        self._cues = cues or FaceCues()

    def perceive(self, frame: CameraFrame) -> FaceObservation:
        """Faces in a frame, and for the largest its quality 0..1, its flaw, its yaw, and similarity where it is due."""
        face = nearest_face(self._engine, frame.rgb)
        if face is None:
            self._pace.lose()
            return FaceObservation(frame.at_ms, faces=0, black=is_black(frame.rgb))
        points = self._engine.landmarks(face.rgb, face.box)
        yaw = yaw_of(points)
        quality = face.quality(yaw)
        seen = FaceObservation(frame.at_ms, face.faces, quality=quality.overall, yaw=yaw, flaw=quality.flaw)
        seen = self._cues.fill(seen, face.rgb, face.box, points)
        return self._compared(seen, face) if self._is_due(seen, face) else seen

    def _is_due(self, seen: FaceObservation, face: FaceView) -> bool:
        glance = Glance(seen.at_ms, seen.quality or 0.0, face.box)
        self._pace.follow(glance)
        return self._compares and seen.flaw is None and self._pace.due(glance)

    def _compared(self, seen: FaceObservation, face: FaceView) -> FaceObservation:
        embedding = self._engine.embedding(face.rgb, face.box)
        near = {name: self._similarity(embedding, template) for name, template in self._others.items()}
        other = max(near, key=lambda name: near[name], default=None)
        return structs.replace(
            seen,
            similarity=None if self._expected is None else self._similarity(embedding, self._expected),
            best_other=other,
            best_other_similarity=None if other is None else near[other],
        )

    def _similarity(self, seen: Embedding, template: FaceTemplate) -> float:
        return self._engine.similarity(seen, template.embedding)


def enrol_face(frames: Sequence[CameraFrame], engine: FaceEngine | None = None) -> FaceTemplate:
    """One template from several frames of one person, each weighing as its quality.

    Raises:
        ValueError: no frame has a face that is good enough.
        ModelError: face-recognition or its models are not installed.
    """
    engine = engine or FaceLibrary()
    found = [face for frame in frames if (face := nearest_face(engine, frame.rgb)) is not None]
    judged = [(face, face.quality(yaw_of(engine.landmarks(face.rgb, face.box)))) for face in found]
    good = [(face, quality.overall) for face, quality in judged if quality.flaw is None]
    if not good:
        raise ValueError("no face was seen well enough to enrol it; come nearer and into the light")
    embeddings = [engine.embedding(face.rgb, face.box) for face, _ in good]
    mean = np.average(embeddings, axis=0, weights=[weight for _, weight in good])
    return FaceTemplate(np.asarray(mean, np.float64), engine.made_by)


def yaw_of(points: Landmarks) -> float | None:
    """The nose's place between the jaw's sides, 0 far left in the picture .. 1 far right; ``None`` if they coincide.

    The nose is written in the affine frame of jaw sides and chin, which no tilting of a distant flat picture changes;
    a half of its way to the chin is added, because a chin in the middle belongs to a face that looks straight ahead.
    """
    left, right, chin, nose = (
        np.array(point, np.float64) for point in (points.jaw_left, points.jaw_right, points.chin, points.nose_tip)
    )
    frame = np.column_stack([right - left, chin - left])
    if abs(np.linalg.det(frame)) < 1.0:
        return None
    across, down = np.linalg.solve(frame, nose - left)
    return float(np.clip(across + down / 2, 0.0, 1.0))


def _refuse_foreign(roster: Mapping[str, FaceTemplate], engine: FaceEngine) -> None:
    foreign = sorted(name for name, template in roster.items() if template.made_by != engine.made_by)
    if foreign:
        raise ModelError(
            f"the face templates of {', '.join(foreign)} were made by another model than the one in use"
            f" ({engine.made_by[:12]}); enrol them again",
            f"{', '.join(foreign)} 的人脸模板由另一个模型生成，与现用的（{engine.made_by[:12]}）不同；请重新登记",
        )
