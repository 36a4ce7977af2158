"""What each flaw does to similarity, and what the quality gate makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.perception.face import FaceTemplate, enrol_face, yaw_of
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_quality import FaceQuality, quality_of
from edge_agent.readings import CameraFrame
from models.face.detection import largest
from models.face.flaws import ROWS, Flaw, all_flaws
from models.face.orl import Photo, Picture

ENROLLING = frozenset({1, 2, 3})
COMPARED = frozenset({4, 7, 10})
THRESHOLD = 0.5


@dataclass(frozen=True)
class Judged:
    """One spoilt photograph whose face was found: its quality, and its similarity to its own and others' templates."""

    quality: FaceQuality
    yaw: float | None
    own: float
    others: tuple[float, ...]


def judged(photos: Sequence[Photo], engine: FaceEngine) -> Iterator[str]:
    """A line for each flaw: of the faces found, those that the gate refuses and those that it lets through."""
    templates = {person: _template(person, photos, engine) for person in sorted({photo.person for photo in photos})}
    probes = [_Probe.of(photo, engine) for photo in photos if photo.number in COMPARED]
    looks: list[Judged] = []
    for flaw in all_flaws():
        rng = np.random.default_rng(7)
        found = [one for probe in probes if (one := _judged(probe, flaw, templates, engine, rng)) is not None]
        looks += found if flaw.kind == "none" else []
        yield f"{flaw.kind} {flaw.strength:g}: found {len(found)} of {len(probes)}; {_told(found)}"
    for least, most in ((0.0, 0.06), (0.06, 0.12), (0.12, 0.18), (0.18, 0.3), (0.3, 0.5)):
        turned = [one for one in looks if one.yaw is not None and least <= abs(one.yaw - 0.5) < most]
        yield f"turned {least:g} to {most:g}: {_told(turned)}"


def _template(person: int, photos: Sequence[Photo], engine: FaceEngine) -> FaceTemplate:
    own = [photo for photo in photos if photo.person == person and photo.number in ENROLLING]
    return enrol_face([CameraFrame(0, photo.rgb) for photo in own], engine)


@dataclass(frozen=True)
class _Probe:
    """A photograph before it is spoilt, enlarged, and its face's height there and in the photograph."""

    person: int
    rgb: Picture
    face_px: int
    photo_px: float

    @classmethod
    def of(cls, photo: Photo, engine: FaceEngine) -> "_Probe":
        scale = ROWS / photo.rgb.shape[0]
        rgb = np.asarray(cv2.resize(photo.rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
        box = largest(engine.boxes(rgb))
        return cls(photo.person, rgb, box[2] - box[0], (box[2] - box[0]) / scale)


def _judged(
    probe: _Probe, flaw: Flaw, templates: Mapping[int, FaceTemplate], engine: FaceEngine, rng: np.random.Generator
) -> Judged | None:
    spoilt = flaw.spoil(probe.rgb, probe.face_px, rng)
    boxes = engine.boxes(spoilt)
    if not boxes:
        return None
    box = largest(boxes)
    yaw = yaw_of(engine.landmarks(spoilt, box))
    height_px = flaw.strength if flaw.is_size else probe.photo_px
    seen = engine.embedding(spoilt, box)
    near = {person: engine.similarity(seen, template.embedding) for person, template in templates.items()}
    own = near.pop(probe.person)
    return Judged(quality_of(spoilt, box, height_px, yaw), yaw, own, tuple(near.values()))


def _told(found: Sequence[Judged]) -> str:
    passed = [one for one in found if one.quality.flaw is None]
    flaws = sorted({one.quality.flaw.value for one in found if one.quality.flaw})
    return (
        f"refused {len(found) - len(passed)}{' as ' + ', '.join(flaws) if flaws else ''}; {_rates(found)};"
        f" let through: {_rates(passed)}"
    )


def _rates(found: Sequence[Judged]) -> str:
    if not found:
        return "none"
    own, others = np.array([one.own for one in found]), np.array([one.others for one in found])
    return (
        f"similarity {own.mean():.2f}, misses {np.mean(own < THRESHOLD):.0%}, false matches"
        f" {np.mean(others >= THRESHOLD):.1%}"
    )
