"""Movements that a face before the camera can be asked for, and when they were made. Pure.

Each is measured so that tilting or bending a flat picture changes little: the nose's place between the jaw's sides, how
open the eyes are, and the way from eyes to chin as a share of the picture.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from statistics import median
from typing import NamedTuple

from edge_agent.observations import FaceObservation


class Step(StrEnum):
    """A movement that can be asked for; left and right are those of the person who is asked."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    BLINK = "blink"
    NEARER = "nearer"


# What counts as the whole movement, against the face at rest.
TURN_YAW = 0.06
LIDS_CLOSED = 0.25
NEARER_BY = 0.15
# One look may be landmarks gone astray.
HELD_LOOKS = 2
LEAST_RESTING_LOOKS = 3
# Beyond this a turned head's lids are no longer measured rightly.
LIDS_SEEN_UP_TO = 0.7


class Rest(NamedTuple):
    """The face before anything was asked of it, ``None`` where it was not seen well enough."""

    yaw: float | None
    eyes_open: float | None
    face_share: float | None


class Run(NamedTuple):
    """A movement that was held: its first and last look, in monotonic milliseconds."""

    start_ms: int
    end_ms: int


class Look(NamedTuple):
    """How much of a movement one look shows: 0 at rest, 1 all of it, below 0 its contrary."""

    at_ms: int
    amount: float


def rest_of(observations: Sequence[FaceObservation]) -> Rest:
    """Medians over looks at a face that nothing was asked of; fewer than three of a kind are too few."""

    def middle(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return median(known) if len(known) >= LEAST_RESTING_LOOKS else None

    return Rest(
        middle([seen.yaw for seen in observations]),
        middle([seen.eyes_open for seen in observations]),
        middle([seen.face_share for seen in observations]),
    )


def looks_at(step: Step, observations: Sequence[FaceObservation], rest: Rest) -> list[Look]:
    """The looks that can tell how much of a movement was made."""
    amounts = ((seen.at_ms, _amount(step, seen, rest)) for seen in observations)
    return [Look(at_ms, amount) for at_ms, amount in amounts if amount is not None]


def runs_of(looks: Sequence[Look]) -> Iterator[Run]:
    """Where the whole movement was held over two looks in a row, or more."""
    for whole, group in groupby(looks, key=lambda look: look.amount >= 1.0):
        held = list(group)
        if whole and len(held) >= HELD_LOOKS:
            yield Run(held[0].at_ms, held[-1].at_ms)


def _amount(step: Step, seen: FaceObservation, rest: Rest) -> float | None:
    match step:
        case Step.TURN_LEFT:
            return _turn(seen, rest)
        case Step.TURN_RIGHT:
            left = _turn(seen, rest)
            return None if left is None else -left
        case Step.BLINK:
            closed = _grown(seen.eyes_open, rest.eyes_open)
            turned = abs(_turn(seen, rest) or 0.0)
            return None if closed is None or turned > LIDS_SEEN_UP_TO else -closed / LIDS_CLOSED
        case Step.NEARER:
            nearer = _grown(seen.face_share, rest.face_share)
            return None if nearer is None else nearer / NEARER_BY


def _turn(seen: FaceObservation, rest: Rest) -> float | None:
    """To the person's left, which is the picture's right."""
    return None if seen.yaw is None or rest.yaw is None else (seen.yaw - rest.yaw) / TURN_YAW


def _grown(now: float | None, before: float | None) -> float | None:
    return None if now is None or not before else now / before - 1
