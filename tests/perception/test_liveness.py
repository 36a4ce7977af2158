"""The head-turn challenge: a staged head passes it, a staged print does not, however it is tilted."""

import numpy as np
import pytest

from edge_agent.observations import FaceObservation
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.liveness import head_turn
from sim.camera import SimulatedCamera
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript
from visit_record.record import Liveness, NotObserved
from visit_record.vocabulary import NotObservedReason


def _noses(*yaws: float | None) -> list[FaceObservation]:
    return [FaceObservation(200 * i, faces=1, yaw=yaw) for i, yaw in enumerate(yaws)]


def _staged(seed: int, portrait: Portrait, shown_as: ShownAs) -> Liveness | NotObserved:
    shown = Appearance(0, 8, portrait, shown_as, turns_head=True)
    camera = SimulatedCamera(VisitScript(seed, 0, 60.0, (), (), (shown,), Sky(0.0, 0.0)), np.arange(0, 8, 0.8).tolist())
    perceiver = FacePerceiver("", {}, FaceLibrary())
    return head_turn([perceiver.perceive(frame) for frame in camera.readings()])


@pytest.mark.parametrize("portrait", Portrait)
@pytest.mark.parametrize(("shown_as", "passes"), [(ShownAs.LIVE, True), (ShownAs.PHOTO, False)])
def test_a_turning_head_passes_and_a_tilted_print_does_not(portrait: Portrait, shown_as: ShownAs, passes: bool) -> None:
    for seed in (11, 12):
        judged = _staged(seed, portrait, shown_as)
        assert isinstance(judged, Liveness) and judged.passed is passes


def test_a_nose_that_travels_is_alive_and_its_travel_is_the_score() -> None:
    judged = head_turn(_noses(0.5, 0.5, 0.45, 0.4, 0.5, 0.6, 0.6, 0.5, 0.4, 0.4, 0.6))
    assert judged == Liveness(judged.method, True, 0.2) if isinstance(judged, Liveness) else False


def test_one_stray_landmark_is_no_turning_head() -> None:
    judged = head_turn(_noses(*[0.5] * 12, 0.9))
    assert isinstance(judged, Liveness) and not judged.passed


def test_too_few_frames_cannot_tell_and_are_no_failure() -> None:
    assert head_turn(_noses(0.3, 0.7, None, 0.3, 0.7, None)) == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
