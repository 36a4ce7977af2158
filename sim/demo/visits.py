"""The visits that a demo lives, two at a time: each takes a core for as long as its perception needs."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from sim.lived import live
from sim.staging.plan import plan_visit
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import Home, World
from visit_record.vocabulary import Typology

AT_ONCE = 2
LIVED = (
    Typology.GENUINE,
    Typology.EMPTY_ORDER,
    Typology.PROXY_CAREGIVER,
    Typology.RECIPIENT_ABSENT,
)
BETWEEN_VISITS_MS = 5_400_000


@dataclass(frozen=True)
class LivedVisit:
    """A visit that was lived, and the id that its device gave it."""

    staged: StagedVisit
    visit: str


def lived_homes(world: World) -> tuple[Home, ...]:
    """Where they are given: as many homes, spread over the agencies."""
    return world.homes[:: max(1, len(world.homes) // len(LIVED))][: len(LIVED)]


def stage_demo(world: World, seed: int, ends_before_ms: int) -> list[StagedVisit]:
    """One visit of each kind, each in another home, the last of them over before ``ends_before_ms``."""
    plans = [
        plan_visit(1000 * seed + number, home, home.caregivers[0], ends_before_ms - (number + 1) * BETWEEN_VISITS_MS)
        for number, home in enumerate(lived_homes(world))
    ]
    return [stage(plan, typology) for plan, typology in zip(plans, LIVED, strict=True)]


def live_all(
    visits: Sequence[StagedVisit], folders: Sequence[Path], registry: Path, lived: Callable[[LivedVisit], None]
) -> list[LivedVisit]:
    """Live visits in processes of their own; ``lived`` is told of each as it ends.

    Raises:
        EdgeError: a device cannot work.
    """
    # Forked children would inherit the parent's threads' locks: the uplinks' among them.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(AT_ONCE, mp_context=context) as pool:
        futures: dict[Future[str], StagedVisit] = {
            pool.submit(live, staged, folder, registry): staged for staged, folder in zip(visits, folders, strict=True)
        }
        for future in as_completed(futures):
            lived(LivedVisit(futures[future], future.result()))
    return [LivedVisit(staged, future.result()) for future, staged in futures.items()]
