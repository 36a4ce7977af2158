"""A random challenge: a face is asked for movements in an order that nobody knew, and must make them in time. Pure.

A recording that was made before cannot know the order. A recording that happens to hold the right one, or that is made
while the order is on the screen, passes: see :mod:`edge_agent.perception.presentation` and ``warm_face``.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from random import Random
from typing import NamedTuple

from msgspec import Struct

from edge_agent.observations import FaceObservation
from edge_agent.perception.movements import Rest, Step, looks_at, rest_of, runs_of
from visit_record.record import Liveness, NotObserved
from visit_record.vocabulary import LivenessMethod, NotObservedReason

STEPS = 3
STEP_LIMIT_MS = 3_000
# Nobody reads what is asked and does it in less.
SHORTEST_LIMIT_MS = 2_000
# Nobody begins to move sooner than this after having read what is asked: whoever does, did not wait for it.
FASTEST_REACTION_MS = 150
LEAST_LOOKS = 4
# From here on a movement was begun: more than tilted prints show, and what somebody manages who cannot turn far.
BEGUN = 0.75


class TimedStep(Struct, frozen=True):
    """A movement, and how long the face has for it from when it is asked."""

    step: Step
    limit_ms: int


class Challenge(Struct, frozen=True):
    """What a face is asked for, one step after another, each for the whole of its time."""

    steps: tuple[TimedStep, ...]

    def asks(self, asked_at_ms: int) -> Iterator["Asked"]:
        """The steps with their times, where the first is asked at ``asked_at_ms``."""
        start_ms = asked_at_ms
        for timed in self.steps:
            yield Asked(timed.step, start_ms, start_ms + timed.limit_ms)
            start_ms += timed.limit_ms


class Asked(NamedTuple):
    """A step is on the screen from ``start_ms`` until before ``end_ms``."""

    step: Step
    start_ms: int
    end_ms: int


def draw_challenge(rng: Random, steps: Sequence[Step] = tuple(Step), within_ms: int | None = None) -> Challenge:
    """Three different steps of those that may be asked, in random order, that fit into ``within_ms``.

    A device draws from :class:`random.SystemRandom`. Of all four steps there are 18 challenges, each with a turn, which
    an even picture cannot make, and with a blink, which no picture can. Where time is short fewer are asked; where no
    step may be asked, or there is time for none, it is empty.
    """
    count = STEPS if within_ms is None else min(STEPS, within_ms // SHORTEST_LIMIT_MS)
    blink, others = [step for step in steps if step is Step.BLINK], [step for step in steps if step is not Step.BLINK]
    asked = (blink + rng.sample(others, min(STEPS - len(blink), len(others))))[:count]
    rng.shuffle(asked)
    limit_ms = STEP_LIMIT_MS if within_ms is None else min(STEP_LIMIT_MS, within_ms // max(1, len(asked)))
    return Challenge(tuple(TimedStep(step, limit_ms) for step in asked))


def judge(challenge: Challenge, asked_at_ms: int, observations: Sequence[FaceObservation]) -> Liveness | NotObserved:
    """Judge the looks at one face; those before ``asked_at_ms`` show it at rest. ``score`` is the share of steps done.

    Passed: every step was made in its time. Failed: a turn or an approach was made at another time, in another's place
    or besides (people blink unasked), or, though the face was well seen, no turn or blink was made and one of them not
    so much as begun. All else is not observable: somebody who did a part may be one who cannot do the rest.
    """
    if not challenge.steps:
        return NotObserved(NotObservedReason.NOT_ASKED)
    rest = rest_of([seen for seen in observations if seen.at_ms < asked_at_ms])
    asks = list(challenge.asks(asked_at_ms))
    outcomes = [
        (asked.step, _outcome(asked, before, observations, rest))
        for asked, before in zip(asks, (None, *asks), strict=False)
    ]
    told = [outcome for _, outcome in outcomes]
    score = round(told.count(_Outcome.DONE) / len(told), 4)
    if _Outcome.MISTIMED in told or _still([outcome for step, outcome in outcomes if step is not Step.NEARER] or told):
        return Liveness(LivenessMethod.CHALLENGE, False, score)
    if set(told) == {_Outcome.DONE}:
        return Liveness(LivenessMethod.CHALLENGE, True, score)
    return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)


class _Outcome(Enum):
    DONE = auto()
    BEGUN = auto()
    MISSED = auto()
    MISTIMED = auto()
    UNSEEN = auto()


def _still(told: Sequence[_Outcome]) -> bool:
    """A bent print can begin a turn, but not even begin a blink."""
    return _Outcome.MISSED in told and not {_Outcome.DONE, _Outcome.UNSEEN} & set(told)


def _outcome(asked: Asked, before: Asked | None, observations: Sequence[FaceObservation], rest: Rest) -> _Outcome:
    looks = looks_at(asked.step, observations, rest)
    begun_ms = [run.start_ms for run in runs_of(looks)]
    done = any(_in_time(asked, at_ms) for at_ms in begun_ms)
    mistimed = bool(begun_ms) and not done and asked.step is not Step.BLINK
    if mistimed or _unasked(asked, before, observations, rest):
        return _Outcome.MISTIMED
    if done:
        return _Outcome.DONE
    amounts = sorted(look.amount for look in looks if asked.start_ms <= look.at_ms < asked.end_ms)
    if len(amounts) < LEAST_LOOKS:
        return _Outcome.UNSEEN
    return _Outcome.BEGUN if amounts[-2] >= BEGUN else _Outcome.MISSED


def _unasked(asked: Asked, before: Asked | None, observations: Sequence[FaceObservation], rest: Rest) -> bool:
    """Whether a turn or an approach was begun that is neither asked for nor what was asked just before.

    A film that makes every movement over and over would otherwise answer every challenge. People blink unasked.
    """
    known = {asked.step, Step.BLINK} if before is None else {asked.step, before.step, Step.BLINK}
    begun_ms = (
        run.start_ms for step in Step if step not in known for run in runs_of(looks_at(step, observations, rest))
    )
    return any(_in_time(asked, at_ms) for at_ms in begun_ms)


def _in_time(asked: Asked, at_ms: int) -> bool:
    return asked.start_ms + FASTEST_REACTION_MS <= at_ms < asked.end_ms
