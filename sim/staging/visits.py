"""Scripts of visits, honest and of every typology of the domain's "How visits are faked"."""

from dataclasses import dataclass, replace

import numpy as np

from sim.script import VisitScript
from sim.staging.buttons import pressed
from sim.staging.circumstances import Circumstances
from sim.staging.plan import Plan
from sim.staging.scene import Scene
from sim.staging.variants import VARIANTS, plainest
from visit_record.vocabulary import IdentityMethod, Typology

UNSEEN_WITH_NUMBER = 0.4


@dataclass(frozen=True)
class StagedVisit:
    """A plan as the kiosk was told, the script as it really was, and the truth about it.

    ``variant`` names in which of its ways the typology was done, ``oddities`` what else was out of the ordinary, both
    for reports.
    """

    plan: Plan
    script: VisitScript
    truth: Typology
    variant: str = ""
    oddities: frozenset[str] = frozenset()


def stage(
    plan: Plan, typology: Typology, variant: str | None = None, around: Circumstances | None = None
) -> StagedVisit:
    """Write the script of a visit: in the typology's plainest way and nothing odd about it unless it is said.

    ``plan`` has what would honestly be given and when; what the kiosk was told comes back in the staged visit's plan.
    What shows only across visits needs its fellow: a double booking another visit of the caregiver at the same time,
    a shared identity the same person's visits under the other id.

    Raises:
        KeyError: the typology has no such variant.
    """
    name = variant or plainest(typology)
    way = VARIANTS[typology][name]
    scene = Scene(plan, around or Circumstances(), np.random.default_rng([plan.visit_seed, 0x5649]))
    if way.told is not None:
        scene = replace(scene, plan=way.told(plan, scene))
    script = _let_in(scene, way.script(scene))
    told = pressed(scene.plan, scene.around.pressing_away if way.away else scene.around.pressing, scene.rng)
    return StagedVisit(told, script, typology, name, scene.around.oddities() | _told_oddities(told))


def _let_in(scene: Scene, script: VisitScript) -> VisitScript:
    """Who types a number in does not always look into the camera."""
    if scene.plan.checked_in_by is IdentityMethod.FACE or not scene.chance(UNSEEN_WITH_NUMBER):
        return script
    return replace(script, appearances=tuple(face for face in script.appearances if face.start_s > 0))


def _told_oddities(plan: Plan) -> frozenset[str]:
    told = {
        "refusal": bool(plan.refused),
        "other_way_in": plan.checked_in_by is not IdentityMethod.FACE,
        "withheld": bool(plan.withheld),
        "early": plan.duration_s < 0.85 * plan.order.planned_duration_s,
        "late": plan.duration_s > 1.15 * plan.order.planned_duration_s,
    }
    return frozenset(name for name, so in told.items() if so)
