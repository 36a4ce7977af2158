"""What the challenge, and a display's grid, make of living faces and of pictures of them: synthetic data alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.observations import FaceObservation
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.face_cues import FaceCues
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.liveness import liveness_of
from edge_agent.readings import CameraFrame
from models.face.flaws import SENSOR_NOISE
from models.liveness.presentations import ASKED_AT_S, Eyes, Kind, Presentation, Who, present
from sim.senses.measured import LivenessRow, Outcome
from visit_record.record import Liveness

LIGHTS = (1.0, 0.4, 0.2, 0.1)


@dataclass(frozen=True)
class Asked:
    """A face, the ways it is shown in, the shares of light, and how often each."""

    who: Who
    kinds: Sequence[Kind]
    lights: Sequence[float]
    times: int


@dataclass(frozen=True)
class EyesInLight(Eyes):
    """The device's eyes where there is ``light`` times the light that the studio has."""

    light: float = 1.0

    def open(self) -> FacePerceiver:
        """See :class:`Eyes`."""
        return super().open() if self.light == 1 else _Dimmed(self.library, self.light)


class _Dimmed(FacePerceiver):
    def __init__(self, library: FaceLibrary, light: float) -> None:
        super().__init__("", {}, library, cues=FaceCues(None))
        self._light, self._rng = np.float32(light), np.random.default_rng(0x6C75)

    def perceive(self, frame: CameraFrame) -> FaceObservation:
        grain = self._rng.normal(0, SENSOR_NOISE, frame.rgb.shape[:2]).astype(np.float32)[..., None]
        dimmed = np.clip(frame.rgb * self._light + grain, 0, 255).astype(np.uint8)
        return super().perceive(CameraFrame(frame.at_ms, dimmed))


def liveness_rows(
    asked: Sequence[Asked], library: FaceLibrary, seed: int, progress: Callable[[str], None]
) -> list[LivenessRow]:
    """A row for each face, way and light; each is asked so many times, in another order and manner each time."""
    return list(_rows(asked, library, seed, progress))


def _rows(
    asked: Sequence[Asked], library: FaceLibrary, seed: int, progress: Callable[[str], None]
) -> Iterator[LivenessRow]:
    for one in asked:
        progress(f"liveness: {one.who.name}")
        for kind in one.kinds:
            for light in one.lights:
                shown = [present(kind, seed + n, one.who, EyesInLight(library, None, light)) for n in range(one.times)]
                yield LivenessRow(one.who.name, kind.name.lower(), light, tuple(map(_outcome, shown)))


def _outcome(shown: Presentation) -> Outcome:
    told = liveness_of(shown.looks, shown.challenge, round(1000 * ASKED_AT_S))
    return (told.method, told.passed, round(told.score, 3)) if isinstance(told, Liveness) else None
