"""Who is how like whom, enrolled from three photographs, in good light and in poor."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.perception.face import FaceTemplate, enrol_face, yaw_of
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import Embedding
from edge_agent.perception.face_quality import quality_of
from edge_agent.readings import CameraFrame
from models.face.detection import largest
from models.face.flaws import ROWS, Flaw, all_flaws
from models.face.orl import Photo, Picture
from sim.senses.measured import FaceRow

ENROLMENTS: Sequence[Set[int]] = ({1, 2, 3}, {4, 5, 6}, {8, 9, 10})
# Of another person's seven photographs that enrolled nobody; a person's are alike.
OF_EACH_OTHER = 4


@dataclass(frozen=True, eq=False)
class Look:
    """One photograph in one light: what a check would say of it; no embedding where the gate refuses the face."""

    quality: float
    embedding: Embedding | None


Looks = Mapping[tuple[int, int, str], Look | None]


def face_rows(photos: Sequence[Photo], engine: FaceEngine, progress: Callable[[str], None]) -> list[FaceRow]:
    """A row for each person and enrolment; nobody outside these photographs is compared."""
    looks: dict[tuple[int, int, str], Look | None] = {}
    for photo in photos:
        if photo.number == 1:
            progress(f"faces: person {photo.person}")
        looks |= {(photo.person, photo.number, light): look for light, look in _looks(photo, engine).items()}
    people = sorted({photo.person for photo in photos})
    return [_row(person, numbers, photos, looks, engine) for person in people for numbers in ENROLMENTS]


def _lights() -> list[Flaw]:
    return [flaw for flaw in all_flaws() if flaw.kind == "none" or flaw.kind.startswith("dark")]


def _looks(photo: Photo, engine: FaceEngine) -> dict[str, Look | None]:
    scale = ROWS / photo.rgb.shape[0]
    rgb = np.asarray(cv2.resize(photo.rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    box = largest(engine.boxes(rgb))
    height_px, rng = (box[2] - box[0]) / scale, np.random.default_rng([photo.person, photo.number])
    spoilt = {f"{flaw.strength or 1.0:g}": flaw.spoil(rgb, box[2] - box[0], rng) for flaw in _lights()}
    return {light: _look(picture, height_px, engine) for light, picture in spoilt.items()}


def _look(rgb: Picture, height_px: float, engine: FaceEngine) -> Look | None:
    boxes = engine.boxes(rgb)
    if not boxes:
        return None
    box = largest(boxes)
    quality = quality_of(rgb, box, height_px, yaw_of(engine.landmarks(rgb, box)))
    return Look(quality.overall, engine.embedding(rgb, box) if quality.flaw is None else None)


def _row(person: int, numbers: Set[int], photos: Sequence[Photo], looks: Looks, engine: FaceEngine) -> FaceRow:
    own = [photo for photo in photos if photo.person == person]
    template = enrol_face([CameraFrame(0, photo.rgb) for photo in own if photo.number in numbers], engine)
    probes = sorted({photo.number for photo in own} - numbers)
    lights = list(dict.fromkeys(light for _, _, light in looks))
    others = sorted({photo.person for photo in photos} - {person})
    return FaceRow(
        person=f"orl-{person}/{min(numbers)}",
        own={light: tuple(_alike(looks[person, n, light], template, engine) for n in probes) for light in lights},
        quality={light: tuple(_quality(looks[person, n, light]) for n in probes) for light in lights},
        others=tuple(_told([looks[other, n, "1"] for n in probes[::2]], template, engine) for other in others),
    )


def _told(seen: Sequence[Look | None], template: FaceTemplate, engine: FaceEngine) -> tuple[float, ...]:
    alike = (_alike(look, template, engine) for look in seen)
    return tuple(one for one in alike if one is not None)[:OF_EACH_OTHER]


def _alike(look: Look | None, template: FaceTemplate, engine: FaceEngine) -> float | None:
    if look is None or look.embedding is None:
        return None
    return round(engine.similarity(look.embedding, template.embedding), 3)


def _quality(look: Look | None) -> float | None:
    return None if look is None else round(look.quality, 2)
