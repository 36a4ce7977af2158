"""One run of the benchmark, from a world to its figures."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from rich.progress import Progress

from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.weigher import RULES_VERSION
from sim.benchmark.aims import aim_of
from sim.benchmark.caregivers import caregiver_figures
from sim.benchmark.cues import worst_cues
from sim.benchmark.figures import cue_figure, curves_of, figure, figures_of, named_first, reliability_of
from sim.benchmark.intervals import Estimate
from sim.benchmark.outcome import Outcome, Weighings
from sim.benchmark.population import Population
from sim.benchmark.result import SCHEMA, Benchmark, Figure, Setting, Speed
from sim.benchmark.speed import verdicts_a_second
from sim.benchmark.weighing import chunks, in_order, recorded, weigh_chunk
from sim.benchmark.world import SHIPPED, BenchmarkWorld, open_world, shipped_world
from sim.errors import BenchmarkError
from sim.history.assumed import Assumed
from visit_record.vocabulary import Typology

# The draws of the bootstrap are not those of the world.
BOOTSTRAP = 0x4254
MOST_TIMED = 300


@dataclass(frozen=True)
class Run:
    """What to run: which world, how many visits of it, and by which calibration they are weighed."""

    world: str
    visits: int
    seed: int
    calibration: Calibration
    processes: int
    resamples: int
    speed: bool


def run(asked: Run, progress: Progress) -> Benchmark:
    """Stage, witness, weigh and judge.

    Raises:
        WorldError: the world cannot be read.
        BenchmarkError: nothing can be said of a world without honest or without faked visits.
    """
    population = Population.drawn(_world(asked.world), asked.seed, asked.visits)
    seen = Weighings(tuple(_outcomes(asked, population, progress)))
    if seen.honest.all() or not seen.honest.any():
        raise BenchmarkError(f"{asked.visits} visits of {asked.world} are all honest or all faked: ask for more")
    task = progress.add_task("重抽样 · intervals", total=asked.resamples)
    rng = np.random.default_rng([asked.seed, BOOTSTRAP])
    cues, speed = worst_cues(asked.calibration), _speed(asked, population)
    figures = [
        *figures_of(seen, asked.calibration, rng, asked.resamples, lambda: progress.advance(task)),
        *_of_caregivers(asked, seen, population, rng),
        cue_figure(cues, asked.calibration),
    ]
    return Benchmark(
        schema=SCHEMA,
        setting=_setting(asked, seen),
        counts=_counts(seen.outcomes),
        figures=(*figures, *_of_speed(speed)),
        named=named_first(seen),
        curves=curves_of(seen),
        reliability=reliability_of(seen, asked.calibration, rng, asked.resamples),
        cues=cues,
        speed=speed,
    )


def _of_caregivers(asked: Run, seen: Weighings, population: Population, rng: np.random.Generator) -> Iterator[Figure]:
    prior, share = asked.calibration.prior, population.genuine_share
    for about, estimate, caregivers in caregiver_figures(seen.outcomes, share, prior, rng, asked.resamples):
        yield figure("authenticity", about, estimate, caregivers, aim_of("authenticity", about))


def _speed(asked: Run, population: Population) -> Speed | None:
    if not asked.speed:
        return None
    records = [recorded(visit, Assumed()) for visit in islice(population.visits(), MOST_TIMED)]
    return verdicts_a_second(records, asked.calibration)


def _of_speed(speed: Speed | None) -> Iterator[Figure]:
    if speed is not None:
        told, about = Estimate(speed.verdicts_a_second, None, None), "verdicts_a_second"
        yield figure("speed", about, told, MOST_TIMED, aim_of("speed", about))


def _outcomes(asked: Run, population: Population, progress: Progress) -> Iterator[Outcome]:
    task = progress.add_task("核验服务 · staging and weighing", total=len(population.plans))
    for outcomes in in_order(weigh_chunk, chunks(population, Assumed(), asked.calibration), asked.processes):
        progress.advance(task, len(outcomes))
        yield from outcomes


def _world(name: str) -> BenchmarkWorld:
    return shipped_world(name) if name in SHIPPED else open_world(Path(name))


def _setting(asked: Run, seen: Weighings) -> Setting:
    return Setting(
        world=asked.world,
        seed=asked.seed,
        visits=len(seen.outcomes),
        caregivers=len(set(seen.caregivers)),
        rules=RULES_VERSION,
        calibration=asked.calibration.version,
        prior=asked.calibration.prior,
        review_threshold=asked.calibration.review_threshold,
        resamples=asked.resamples,
    )


def _counts(outcomes: Iterable[Outcome]) -> dict[Typology, int]:
    found = Counter(outcome.truth for outcome in outcomes)
    return {typology: found[typology] for typology in Typology if found[typology]}
