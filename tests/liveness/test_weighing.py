"""What speaks against a face that did what was asked: it needs many looks, and warmth alone passes nobody."""

from collections.abc import Mapping

import pytest
from msgspec import structs

from edge_agent.observations import FaceObservation
from edge_agent.perception.liveness import MOST_GRID, liveness_of
from tests.liveness.faces import ASKED_AT_MS, BLINK, NEARER, L, challenge, looks, performed
from visit_record.record import Liveness, NotObserved
from visit_record.vocabulary import LivenessMethod, NotObservedReason

ASKED = challenge(L, BLINK, NEARER)
LIVING: Mapping[str, object] = {"warm": True, "live_probability": 0.9, "grid": 3.5}
AGAINST: Mapping[LivenessMethod, Mapping[str, object]] = {
    LivenessMethod.WARM_FACE: {"warm": False},
    LivenessMethod.ANTISPOOF: {"live_probability": 0.02},
    LivenessMethod.TEXTURE: {"grid": 3 * MOST_GRID},
}


def _judged(seen: list[FaceObservation]) -> Liveness | NotObserved:
    return liveness_of(seen, ASKED, ASKED_AT_MS)


def _film(looking: Mapping[str, object], every: int = 1) -> list[FaceObservation]:
    """The right movements, with cues at every n-th look."""
    return [
        structs.replace(look, **(looking if number % every == 0 else {}))
        for number, look in enumerate(looks(*performed(ASKED)))
    ]


@pytest.mark.parametrize("method", AGAINST)
def test_a_film_of_the_right_challenge_is_given_away_by_any_one_cue(method: LivenessMethod) -> None:
    judged = _judged(_film({**LIVING, **AGAINST[method]}))
    assert isinstance(judged, Liveness) and (judged.method, judged.passed) == (method, False)


def test_a_living_face_passes_whatever_was_looked_at() -> None:
    for seen in (_film(LIVING), _film({}), _film({"warm": None})):
        assert _judged(seen) == Liveness(LivenessMethod.CHALLENGE, True, 1.0)


@pytest.mark.parametrize("method", AGAINST)
def test_a_few_looks_speak_against_nobody(method: LivenessMethod) -> None:
    judged = _judged(_film(AGAINST[method], every=22))
    assert judged == Liveness(LivenessMethod.CHALLENGE, True, 1.0)


def test_warmth_that_comes_and_goes_speaks_against_nobody() -> None:
    seen = [structs.replace(look, warm=number % 3 == 0) for number, look in enumerate(_film(LIVING))]
    assert _judged(seen) == Liveness(LivenessMethod.CHALLENGE, True, 1.0)


def test_whoever_failed_what_was_asked_has_failed_by_that() -> None:
    still = [structs.replace(look, **AGAINST[LivenessMethod.TEXTURE]) for look in looks()]
    assert _judged(still) == Liveness(LivenessMethod.CHALLENGE, False, 0.0)


def test_a_warm_face_alone_passes_nobody() -> None:
    half = [structs.replace(look, **LIVING) for look in looks(*performed(ASKED)[:1])]
    assert _judged(half) == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)


def test_replayed_pictures_are_judged_by_whether_the_head_turned() -> None:
    judged = liveness_of(looks(*performed(ASKED)))
    assert isinstance(judged, Liveness) and judged.method is LivenessMethod.HEAD_TURN
