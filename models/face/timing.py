"""How long a check takes from its pictures to what the record says of it, in one thread."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.check_plan import CheckWindow
from edge_agent.evidence.face import face_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FaceObservation
from edge_agent.perception.face import FacePerceiver, FaceTemplate
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_pace import EmbeddingPace
from edge_agent.readings import CameraFrame
from sim.camera import SimulatedCamera
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript
from visit_record.record import FaceEvidence
from visit_record.vocabulary import CheckMoment

FRAME_INTERVAL_S = 0.2
ROUNDS = 3


@dataclass(frozen=True)
class Check:
    """A check of frames of 480x640, five a second: CPU time of the best of three rounds, and what it embedded."""

    frames: int
    whole_ms: float
    first_verdict_ms: float
    embedded: int


def timed_check(frames: int, engine: FaceEngine, template: FaceTemplate, *, paced: bool = True) -> Check:
    """Somebody sways before the camera for the length of the check; the roster has one other."""
    pictures = _pictures(frames)
    rounds = [_round(pictures, engine, template, paced) for _ in range(ROUNDS)]
    return min(rounds, key=lambda check: check.whole_ms)


def _pictures(frames: int) -> Sequence[CameraFrame]:
    shown = Appearance(0, 60, Portrait.ASTRONAUT, ShownAs.LIVE)
    script = VisitScript(9, 0, 60.0, (), (), (shown,), Sky(0.0, 0.0))
    return list(SimulatedCamera(script, [float(at_s) for at_s in np.arange(frames) * FRAME_INTERVAL_S]).readings())


def _round(pictures: Sequence[CameraFrame], engine: FaceEngine, template: FaceTemplate, paced: bool) -> Check:
    roster = {"expected": template, "other": template}
    perceiver = FacePerceiver("expected", roster, engine, EmbeddingPace() if paced else None)
    started_s = time.process_time()
    seen: list[FaceObservation] = []
    first_s = None
    for picture in pictures:
        seen.append(perceiver.perceive(picture))
        if first_s is None and seen[-1].similarity is not None:
            first_s = time.process_time() - started_s
    whole_s = _concluded(seen) and time.process_time() - started_s
    embedded = sum(look.similarity is not None for look in seen)
    return Check(len(pictures), 1000 * whole_s, 1000 * (first_s or float("nan")), embedded)


def _concluded(seen: Sequence[FaceObservation]) -> bool:
    end_ms = seen[-1].at_ms + 1
    window = CheckWindow(CheckMoment.CHECK_IN, 0, end_ms)
    return isinstance(face_evidence(seen, VisitClock(0, 0, end_ms), [window]), FaceEvidence)
