"""Looks at a face that makes movements at given times, without a camera."""

from collections.abc import Iterable

from msgspec import structs

from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge, TimedStep
from edge_agent.perception.movements import Step

ASKED_AT_MS = 2_000
LOOK_EVERY_MS = 250
LENGTH_MS = 11_000
YAW, EYES_OPEN, FACE_SHARE = 0.5, 0.2, 0.3
# What each whole movement does to a face at rest.
WHOLE = {
    Step.TURN_LEFT: {"yaw": 0.62},
    Step.TURN_RIGHT: {"yaw": 0.38},
    Step.BLINK: {"eyes_open": 0.1},
    Step.NEARER: {"face_share": 0.39},
}
L, R, BLINK, NEARER = Step.TURN_LEFT, Step.TURN_RIGHT, Step.BLINK, Step.NEARER

# A movement, when it begins, how long it is held, and how much of it is made.
Move = tuple[Step, int, int, float]


def challenge(*steps: Step, limit_ms: int = 3_000) -> Challenge:
    return Challenge(tuple(TimedStep(step, limit_ms) for step in steps))


def move(step: Step, begins_ms: int, held_ms: int = 1_250, share: float = 1.0) -> Move:
    return step, begins_ms, held_ms, share


def looks(*moves: Move, until_ms: int = LENGTH_MS, without: Iterable[str] = ()) -> list[FaceObservation]:
    """A look every quarter of a second; ``without`` names fields that the camera is too poor to tell."""
    return [_look(at_ms, moves, set(without)) for at_ms in range(0, until_ms, LOOK_EVERY_MS)]


def performed(asked: Challenge, delay_ms: int = 750) -> list[Move]:
    """Every step, ``delay_ms`` after it was asked."""
    return [move(one.step, one.start_ms + delay_ms) for one in asked.asks(ASKED_AT_MS)]


def _look(at_ms: int, moves: Iterable[Move], without: set[str]) -> FaceObservation:
    face = {"yaw": YAW, "eyes_open": EYES_OPEN, "face_share": FACE_SHARE}
    for step, begins_ms, held_ms, share in moves:
        if begins_ms <= at_ms < begins_ms + held_ms:
            face |= {name: face[name] + share * (whole - face[name]) for name, whole in WHOLE[step].items()}
    seen = {name: value for name, value in face.items() if name not in without}
    return structs.replace(FaceObservation(at_ms, 1), **seen)
