"""The buttons of the items at the kiosk, as they are pressed: with wet hands, late, or all at once."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.staging.circumstances import Pressing
from sim.staging.plan import Claim, Plan

SHORTEST_S = 2.0
BATCH_S = 300.0


def pressed(plan: Plan, how: Pressing, rng: np.random.Generator) -> Plan:
    """The plan with its claims as the buttons were pressed, in order of time and within the visit."""
    if how is Pressing.PROMPT:
        return plan
    ways = {Pressing.LATE: _late, Pressing.BATCH: _batch, Pressing.AT_ENDS: _at_ends}
    claims = sorted(ways[how](plan, rng), key=lambda claim: (claim.start_s, claim.end_s))
    return replace(plan, claims=tuple(_within(claim, plan.duration_s) for claim in claims))


def _within(claim: Claim, end_s: float) -> Claim:
    start_s = min(max(0.0, claim.start_s), end_s - SHORTEST_S)
    return replace(claim, start_s=start_s, end_s=min(end_s, max(claim.end_s, start_s + SHORTEST_S)))


def _late(plan: Plan, rng: np.random.Generator) -> Iterator[Claim]:
    shifts = rng.normal(150, 180, (len(plan.claims), 2)).tolist()
    for claim, (begun_s, ended_s) in zip(plan.claims, shifts, strict=True):
        yield replace(claim, start_s=claim.start_s + begun_s, end_s=claim.end_s + ended_s)


def _batch(plan: Plan, rng: np.random.Generator) -> Iterator[Claim]:
    at_s = plan.duration_s - min(BATCH_S, 0.2 * plan.duration_s) * float(rng.uniform(0.4, 1.0))
    for claim in plan.claims:
        length_s = float(rng.uniform(2, 12))
        yield replace(claim, start_s=at_s, end_s=at_s + length_s)
        at_s += length_s + float(rng.uniform(1, 6))


def _at_ends(plan: Plan, rng: np.random.Generator) -> Iterator[Claim]:
    first_s, last_s = float(rng.uniform(15, 60)), plan.duration_s - float(rng.uniform(10, 40))
    for number, claim in enumerate(plan.claims):
        yield replace(claim, start_s=first_s + 3.0 * number, end_s=last_s + 2.0 * number)
