"""Faces of a script as a device would have summed them up, without rendering a frame."""

from dataclasses import dataclass

import numpy as np

from edge_agent.evidence.face import MOST_CHECKS
from sim.history.watch import Watch
from sim.script import Appearance, VisitScript
from sim.senses import Senses
from sim.senses.faces import NO_FACE, FaceLook
from sim.staging.choreography import DURING_CHECK_EVERY_S, FACE_CHECK_S
from sim.staging.plan import Plan
from sim.staging.world import Caregiver
from visit_record.record import FaceCheck, FaceEvidence, Liveness, NotObserved, OtherMatch
from visit_record.vocabulary import CheckMoment, NotObservedReason

# As staged devices look: four pictures a second for a while at both ends, two at once in between.
FRAMES = {CheckMoment.CHECK_IN: 46, CheckMoment.DURING: 2, CheckMoment.CHECK_OUT: 46}
LOOK_S = {CheckMoment.CHECK_IN: FACE_CHECK_S, CheckMoment.DURING: 2.0, CheckMoment.CHECK_OUT: FACE_CHECK_S}
Moment = tuple[CheckMoment, float]


@dataclass(frozen=True)
class Eyes:
    """What the camera of one visit draws from."""

    plan: Plan
    script: VisitScript
    watch: Watch
    senses: Senses
    rng: np.random.Generator


def looks_of(script: VisitScript, *, interrupted: bool) -> list[Moment]:
    """When the device looks into the camera; where its power was cut, nobody checks out."""
    ends = [] if interrupted else [(CheckMoment.CHECK_OUT, script.duration_s)]
    every_s = np.arange(DURING_CHECK_EVERY_S, script.duration_s, DURING_CHECK_EVERY_S).tolist()
    during = [(CheckMoment.DURING, at_s) for at_s in every_s]
    return [(CheckMoment.CHECK_IN, 0.0), *during, *ends]


def faces_of(eyes: Eyes, looks: list[Moment]) -> FaceEvidence | NotObserved:
    """One check for each look of the device's, whoever was there; without a picture, none."""
    checks = [_check(eyes, moment, at_s) for moment, at_s in looks if not eyes.watch.misses(at_s)]
    if not checks:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    kept = np.linspace(0, len(checks) - 1, min(len(checks), MOST_CHECKS)).round().astype(int)
    return FaceEvidence(tuple(checks[index] for index in kept.tolist()))


def _check(eyes: Eyes, moment: CheckMoment, at_s: float) -> FaceCheck:
    face = None if eyes.watch.is_blind(at_s) else _before_it(eyes.script, at_s, at_s + LOOK_S[moment])
    look = NO_FACE if face is None else _look(eyes, face)
    seen = face is not None and look.faces > 0
    return FaceCheck(
        moment=moment,
        at_ms=eyes.script.started_at_ms + round(1000 * at_s),
        frames=FRAMES[moment],
        faces=look.faces,
        similarity=None if eyes.watch.not_enrolled else look.similarity,
        quality=look.quality,
        best_other=_other(eyes, face) if face is not None and look.similarity is not None else None,
        liveness=_liveness(eyes, moment, face if seen else None),
    )


def _before_it(script: VisitScript, start_s: float, end_s: float) -> Appearance | None:
    return next((face for face in script.appearances if face.start_s < end_s and face.end_s > start_s), None)


def _look(eyes: Eyes, face: Appearance) -> FaceLook:
    caregiver, conditions = eyes.plan.caregiver, eyes.script.conditions
    if face.portrait is caregiver.portrait:
        return eyes.senses.faces.own(identity(caregiver), conditions, eyes.rng)
    return eyes.senses.faces.other(_stranger(eyes.plan), identity(caregiver), conditions, eyes.rng)


def _other(eyes: Eyes, face: Appearance) -> OtherMatch | None:
    """Whom else of the roster it is most like: somebody else, or the same person under another id."""
    others = [one for one in eyes.plan.home.caregivers if one.id != eyes.plan.caregiver.id]
    same_id = eyes.plan.caregiver.same_person_as
    near = {one.id: _likeness(eyes, face, one) for one in others if one.id != same_id}
    if same_id is not None:
        near[same_id] = _look(eyes, face).similarity or -1.0
    name = max(near, key=lambda one: near[one], default=None)
    return None if name is None else OtherMatch(name, near[name])


def _likeness(eyes: Eyes, face: Appearance, other: Caregiver) -> float:
    who = identity(eyes.plan.caregiver) if face.portrait is eyes.plan.caregiver.portrait else _stranger(eyes.plan)
    conditions = eyes.script.conditions
    if identity(other) == who:
        return eyes.senses.faces.own(who, conditions, eyes.rng).similarity or -1.0
    return eyes.senses.faces.likeness(who, identity(other), conditions, eyes.rng)


def _liveness(eyes: Eyes, moment: CheckMoment, face: Appearance | None) -> Liveness | NotObserved:
    """Nobody is asked for anything while they work."""
    if moment is CheckMoment.DURING:
        return NotObserved(NotObservedReason.NOT_ASKED)
    if face is None:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    own = face.portrait is eyes.plan.caregiver.portrait
    who = identity(eyes.plan.caregiver) if own else _stranger(eyes.plan)
    told = eyes.senses.liveness.outcome(face, who, eyes.script.conditions, eyes.rng)
    return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL) if told is None else Liveness(*told)


def identity(caregiver: Caregiver) -> str:
    """One person has one name here, under however many ids they enrolled."""
    return caregiver.same_person_as or caregiver.id


def _stranger(plan: Plan) -> str:
    """Whoever comes instead of a caregiver to a home is the same each time, and not on the roster."""
    return f"instead of {plan.caregiver.id} at {plan.home.recipient}"
