"""Occupancy and faces of a script as a device would have summed them up, without rendering a frame."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from sim.history.assumed import Assumed
from sim.script import Appearance, Person, ShownAs, Spot, Stay, VisitScript
from sim.staging.plan import Plan
from visit_record.record import (
    FaceCheck,
    FaceEvidence,
    Liveness,
    NotObserved,
    OccupancyEvidence,
    OccupancyInterval,
    OtherMatch,
    PathStatistics,
)
from visit_record.vocabulary import CheckMoment, LivenessMethod, NotObservedReason

FRAMES_A_CHECK = 8


def occupancy_of(script: VisitScript, assumed: Assumed, rng: np.random.Generator) -> OccupancyEvidence:
    """Intervals between the script's comings and goings; now and then the array misses a person."""
    edges = sorted({0.0, script.duration_s, *(at_s for stay in script.stays for at_s in (stay.start_s, stay.end_s))})
    intervals = tuple(
        _interval(script, start_s, end_s, missed=rng.random() < assumed.person_missed)
        for start_s, end_s in pairwise(edges)
        if end_s - start_s >= 1
    )
    moving_s = sum(stay.end_s - stay.start_s for stay in script.stays if stay.moving)
    still_share = max(0.0, 1 - moving_s / script.duration_s)
    return OccupancyEvidence(intervals, PathStatistics(round(moving_s * 0.8, 1), still_share), 1.0)


def faces_of(plan: Plan, script: VisitScript, assumed: Assumed, rng: np.random.Generator) -> FaceEvidence:
    """One check an appearance."""
    return FaceEvidence(tuple(_checks(plan, script, assumed, rng)))


def _interval(script: VisitScript, start_s: float, end_s: float, *, missed: bool) -> OccupancyInterval:
    here = [stay for stay in script.stays if stay.start_s <= start_s and stay.end_s >= end_s]
    in_bed = any(stay.spot is Spot.BED for stay in here)
    bedside = in_bed and any(stay.spot is Spot.BEDSIDE for stay in here)
    people = len({stay.person for stay in here})
    at_ms = script.started_at_ms + int(1000 * start_s)
    if missed and people >= 2:
        return OccupancyInterval(at_ms, end_s - start_s, people - 1, in_bed, False, False)
    return OccupancyInterval(at_ms, end_s - start_s, people, in_bed, bedside, bedside or _sitting_together(here))


def _sitting_together(here: list[Stay]) -> bool:
    return {stay.person for stay in here if stay.spot is Spot.SOFA} >= {Person.CAREGIVER, Person.FAMILY}


def _checks(plan: Plan, script: VisitScript, assumed: Assumed, rng: np.random.Generator) -> Iterator[FaceCheck]:
    last = len(script.appearances) - 1
    for number, face in enumerate(script.appearances):
        moment = (
            CheckMoment.CHECK_IN if number == 0 else CheckMoment.CHECK_OUT if number == last else CheckMoment.DURING
        )
        same = face.portrait is plan.caregiver.portrait
        similarity = rng.normal(*(assumed.face_same if same else assumed.face_other))
        yield FaceCheck(
            moment=moment,
            at_ms=script.started_at_ms + int(1000 * face.start_s),
            frames=FRAMES_A_CHECK,
            faces=1,
            similarity=round(float(np.clip(similarity, -1, 1)), 3),
            quality=round(float(np.clip(rng.normal(0.8, 0.1), 0, 1)), 3),
            best_other=_other(plan, assumed, rng),
            liveness=_liveness(moment, face, assumed, rng),
        )


def _other(plan: Plan, assumed: Assumed, rng: np.random.Generator) -> OtherMatch | None:
    """The same face under another id of the roster."""
    if plan.caregiver.same_person_as is None:
        return None
    similarity = float(np.clip(rng.normal(*assumed.face_same), -1, 1))
    return OtherMatch(plan.caregiver.same_person_as, round(similarity, 3))


def _liveness(
    moment: CheckMoment, face: Appearance, assumed: Assumed, rng: np.random.Generator
) -> Liveness | NotObserved:
    if moment is CheckMoment.DURING:
        return NotObserved(NotObservedReason.NOT_ASKED)
    turned = face.shown_as is ShownAs.LIVE and rng.random() < assumed.turn_seen
    travel = rng.uniform(0.15, 0.4) if turned else rng.uniform(0.0, 0.05)
    return Liveness(LivenessMethod.HEAD_TURN, turned, round(float(travel), 3))
