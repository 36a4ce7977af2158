"""A visit's thermal observations as intervals that fit into a record.

Time is cut into steps from check-in; a step tells what most of its observations say. Steps start at 10 s and double
until the visit needs at most 90 intervals, so the record is bounded and no observed time is dropped.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import NamedTuple, TypeVar

from edge_agent.evidence.paths import path_statistics
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import OccupancyObservation
from edge_agent.perception.lens import JUDGED_AFTER_MS
from visit_record.record import NotObserved, OccupancyEvidence, OccupancyInterval
from visit_record.vocabulary import NotObservedReason

STEP_MS = 10_000
MOST_INTERVALS = 90
# An observation speaks for the time until the next, but never for longer than this: silence is not observation.
LONGEST_HOLD_MS = 5_000
# A cover is called so for minutes; a frame that the bus lost is blind for a moment.
COVERED_MS = 30_000

T = TypeVar("T")


class _State(NamedTuple):
    people: int
    bed_occupied: bool | None
    caregiver_at_bedside: bool | None
    two_close: bool | None


class _Held(NamedTuple):
    """An observation, and the moment until which it speaks."""

    seen: OccupancyObservation
    until_ms: int


def occupancy_evidence(
    observations: Sequence[OccupancyObservation], visit: VisitClock
) -> OccupancyEvidence | NotObserved:
    """Intervals of who was where, in order of time, with a gap wherever a whole step was blind.

    Every observed moment lies in an interval, whose edges are those of its steps or the visit's; ``coverage`` is the
    share of the visit that seeing observations speak for. Observations outside the visit count for nothing, and neither
    does a nobody that goes over into lasting blindness: a cover is told from an empty room only after two minutes.
    None inside it, or blind ones alone, is ``sensor_fault``: that a sensor is absent is not for observations to say.
    """
    during = [seen for seen in observations if visit.check_in_monotonic_ms <= seen.at_ms < visit.check_out_monotonic_ms]
    seeing = [held for held in _held(list(_seeing(during)), visit) if held.seen.people is not None]
    if not seeing:
        return NotObserved(NotObservedReason.SENSOR_FAULT)
    observed_ms = sum(until_ms - seen.at_ms for seen, until_ms in seeing)
    return OccupancyEvidence(
        intervals=_intervals(seeing, visit),
        path=path_statistics([seen for seen, _ in seeing], STEP_MS),
        coverage=visit.share_of_visit(observed_ms / 1000),
    )


def _seeing(during: Sequence[OccupancyObservation]) -> Iterator[OccupancyObservation]:
    """The observations in order of time; a nobody that a cover may have feigned is made blind."""
    in_order = sorted(during, key=lambda one: one.at_ms)
    runs = [list(run) for _, run in groupby(in_order, key=lambda one: one.blind)]
    nothing: list[OccupancyObservation] = []
    for run, after in zip_longest(runs, runs[1:], fillvalue=nothing):
        covered = not run[0].blind and len(after) > 1 and after[-1].at_ms - after[0].at_ms >= COVERED_MS
        seen_until = max((one.at_ms for one in run if one.people), default=run[0].at_ms - 1)
        since_ms = max(seen_until + 1, after[0].at_ms - JUDGED_AFTER_MS) if covered else run[-1].at_ms + 1
        yield from (one if one.at_ms < since_ms else OccupancyObservation(one.at_ms, blind=True) for one in run)


def _held(during: Sequence[OccupancyObservation], visit: VisitClock) -> Iterator[_Held]:
    ends = [*(seen.at_ms for seen in during), visit.check_out_monotonic_ms][1:]
    for seen, end_ms in zip(during, ends, strict=True):
        yield _Held(seen, min(end_ms, seen.at_ms + LONGEST_HOLD_MS))


def _intervals(seeing: Sequence[_Held], visit: VisitClock) -> tuple[OccupancyInterval, ...]:
    step_ms = STEP_MS
    while True:
        intervals = tuple(_merged(_steps(seeing, visit, step_ms), visit, step_ms))
        if len(intervals) <= MOST_INTERVALS:
            return intervals
        step_ms *= 2


def _steps(seeing: Sequence[_Held], visit: VisitClock, step_ms: int) -> dict[int, _State]:
    """What most observations of each step say, field by field; a step that nothing speaks for is left out."""
    by_step: dict[int, list[OccupancyObservation]] = {}
    for seen, _ in seeing:
        by_step.setdefault((seen.at_ms - visit.check_in_monotonic_ms) // step_ms, []).append(seen)
    for seen, until_ms in seeing:
        if until_ms > seen.at_ms:
            by_step.setdefault((until_ms - 1 - visit.check_in_monotonic_ms) // step_ms, [seen])
    return {step: _state(by_step[step]) for step in sorted(by_step)}


def _state(seen: Sequence[OccupancyObservation]) -> _State:
    return _State(
        people=_most([one.people or 0 for one in seen]),
        bed_occupied=_most([one.bed_occupied for one in seen]),
        caregiver_at_bedside=_most([one.caregiver_at_bedside for one in seen]),
        two_close=_most([one.two_close for one in seen]),
    )


def _merged(steps: dict[int, _State], visit: VisitClock, step_ms: int) -> Iterator[OccupancyInterval]:
    """Runs of adjoining steps that say the same."""
    numbered = enumerate(steps.items())
    for (_, state), run in groupby(numbered, key=lambda item: (item[1][0] - item[0], item[1][1])):
        held = [step for _, (step, _) in run]
        start_ms = visit.check_in_monotonic_ms + held[0] * step_ms
        end_ms = min(visit.check_in_monotonic_ms + (held[-1] + 1) * step_ms, visit.check_out_monotonic_ms)
        yield OccupancyInterval(visit.utc_ms(start_ms), (end_ms - start_ms) / 1000, *state)


def _most(values: Sequence[T]) -> T:
    return Counter(values).most_common(1)[0][0]
