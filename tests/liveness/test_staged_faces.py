"""Staged faces through the device's real perception: a living one does what is asked, what is held up cannot."""

from collections.abc import Mapping

import numpy as np
import pytest

from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge, judge
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.liveness import head_turn, liveness_of
from sim.camera import SimulatedCamera
from sim.performance import OnScreen
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript
from tests.liveness.faces import ASKED_AT_MS, BLINK, L, R, challenge
from visit_record.record import Liveness
from visit_record.vocabulary import LivenessMethod

CHECK_S = 8.0
ASKED, ANOTHER = challenge(L, BLINK), challenge(R, L)


@pytest.fixture(scope="module")
def perceiver() -> FacePerceiver:
    return FacePerceiver("", {}, FaceLibrary())


def shown(
    perceiver: FacePerceiver, shown_as: ShownAs, portrait: Portrait, seed: int, acted: Challenge = ASKED
) -> list[FaceObservation]:
    appearance = Appearance(0, CHECK_S, portrait, shown_as, turns_head=True)
    script = VisitScript(seed, 0, CHECK_S, (), (), (appearance,), Sky(0.0, 0.0))
    camera = SimulatedCamera(script, np.arange(0, CHECK_S, 0.25).tolist(), asked=(OnScreen(acted, 2.0),))
    return [perceiver.perceive(frame) for frame in camera.readings()]


@pytest.mark.parametrize("portrait", Portrait)
def test_a_living_face_does_what_the_screen_asks(perceiver: FacePerceiver, portrait: Portrait) -> None:
    seen = shown(perceiver, ShownAs.LIVE, portrait, 31)
    assert liveness_of(seen, ASKED, ASKED_AT_MS) == Liveness(LivenessMethod.CHALLENGE, True, 1.0)


@pytest.mark.parametrize("shown_as", [ShownAs.PHOTO, ShownAs.CUT_OUT, ShownAs.SCREEN])
def test_what_is_held_up_never_passes_the_challenge(perceiver: FacePerceiver, shown_as: ShownAs) -> None:
    judged = judge(ASKED, ASKED_AT_MS, shown(perceiver, shown_as, Portrait.ASTRONAUT, 32))
    assert not (isinstance(judged, Liveness) and judged.passed)


def test_a_film_of_another_challenge_turns_its_head_and_fails_all_the_same(perceiver: FacePerceiver) -> None:
    seen = shown(perceiver, ShownAs.REPLAY, Portrait.ASTRONAUT, 33, ANOTHER)
    turned, judged = head_turn(seen), judge(ASKED, ASKED_AT_MS, seen)
    assert isinstance(turned, Liveness) and turned.passed
    assert judged == Liveness(LivenessMethod.CHALLENGE, False, 0.0)


def test_a_film_of_the_right_challenge_passes_it_and_is_given_away_by_its_display(perceiver: FacePerceiver) -> None:
    seen = shown(perceiver, ShownAs.REPLAY, Portrait.ASTRONAUT, 34)
    asked, judged = judge(ASKED, ASKED_AT_MS, seen), liveness_of(seen, ASKED, ASKED_AT_MS)
    assert isinstance(asked, Liveness) and asked.passed
    assert isinstance(judged, Liveness) and (judged.method, judged.passed) == (LivenessMethod.TEXTURE, False)


def test_the_same_script_and_challenge_give_the_same_pictures() -> None:
    pictures: Mapping[str, bytes] = {
        name: b"".join(frame.rgb.tobytes() for frame in _camera(shown_as).readings())
        for name, shown_as in (("first", ShownAs.REPLAY), ("again", ShownAs.REPLAY), ("other", ShownAs.CUT_OUT))
    }
    assert pictures["first"] == pictures["again"] != pictures["other"]


def _camera(shown_as: ShownAs) -> SimulatedCamera:
    appearance = Appearance(0, CHECK_S, Portrait.ASTRONAUT, shown_as, turns_head=True)
    script = VisitScript(5, 0, CHECK_S, (), (), (appearance,), Sky(0.0, 0.0))
    return SimulatedCamera(script, [3.0, 3.5], asked=(OnScreen(ASKED, 2.0),))
