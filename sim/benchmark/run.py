"""One run of the benchmark, from a world to its figures."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from msgspec.structs import replace
from rich.progress import Progress

from ingest_server.rules.rule_set import RuleSet
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from sim.benchmark.aims import FALSE_ALARMS, aim_of
from sim.benchmark.caregivers import caregiver_figures
from sim.benchmark.compared import lived_of
from sim.benchmark.cues import worst_cues
from sim.benchmark.detection import HonestScores
from sim.benchmark.figures import cue_figures, curves_of, figure, figures_of, named_first, reliability_of
from sim.benchmark.intervals import Estimate
from sim.benchmark.lived import RECORDS, REGISTRY, read_bundle
from sim.benchmark.outcome import Outcome, Weighings
from sim.benchmark.population import Population
from sim.benchmark.processes import in_order
from sim.benchmark.result import SCHEMA, Benchmark, Cue, Figure, Lived, Setting, Speed
from sim.benchmark.speed import speed_of
from sim.benchmark.weighing import Judge, chunks, weigh_chunk
from sim.benchmark.world import named_world
from sim.errors import BenchmarkError
from sim.senses import Half
from visit_record.vocabulary import Typology

# The draws of the bootstrap are not those of the world.
BOOTSTRAP = 0x4254
MOST_TIMED = 1000


@dataclass(frozen=True)
class Run:
    """What to run: which world, how many visits of it, and what they are weighed by."""

    world: str
    visits: int
    seed: int
    calibration: Calibration
    rules: RuleSet
    processes: int
    resamples: int
    lived: bool
    speed: bool


def run(asked: Run, progress: Progress) -> Benchmark:
    """Stage, witness, weigh and judge.

    Raises:
        WorldError: the world cannot be read.
        BenchmarkError: nothing can be said of a world without honest or without faked visits; or the lived visits
            cannot be read.
    """
    world = named_world(asked.world)
    population = Population.drawn(world, asked.seed, asked.visits)
    judge = Judge(Half(world.half), asked.calibration, asked.rules)
    seen = Weighings(tuple(_outcomes(asked, population, judge, progress)))
    if seen.honest.all() or not seen.honest.any():
        raise BenchmarkError(f"{asked.visits} visits of {asked.world} are all honest or all faked: ask for more")
    lived = _lived(seen, judge, progress) if asked.lived else None
    speed = _speed(population, judge) if asked.speed else None
    task = progress.add_task("重抽样 · intervals", total=asked.resamples)
    found = _judged(asked, seen, population, lambda: progress.advance(task))
    return replace(found, figures=(*found.figures, *_of_speed(speed)), lived=lived, speed=speed)


def _outcomes(asked: Run, population: Population, judge: Judge, progress: Progress) -> Iterator[Outcome]:
    task = progress.add_task("核验服务 · staging and weighing", total=len(population.plans))
    for outcomes in in_order(weigh_chunk, chunks(population, judge), asked.processes):
        progress.advance(task, len(outcomes))
        yield from outcomes


def _lived(seen: Weighings, judge: Judge, progress: Progress) -> Lived:
    task = progress.add_task("真实感知的服务 · visits lived", total=1)
    limit = HonestScores(seen.scores(), seen.honest).limit(np.ones(len(seen.outcomes)), FALSE_ALARMS)
    lived = lived_of(read_bundle(RECORDS), REGISTRY, judge, limit, EVIDENCE_IDS)
    progress.advance(task)
    return lived


def _judged(asked: Run, seen: Weighings, population: Population, progress: Callable[[], None]) -> Benchmark:
    rng = np.random.default_rng([asked.seed, BOOTSTRAP])
    cues = worst_cues(asked.calibration, seen.outcomes)
    found = figures_of(seen, asked.calibration, rng, asked.resamples, progress)
    return Benchmark(
        schema=SCHEMA,
        setting=_setting(asked, seen),
        counts=_counts(seen),
        figures=(*found, *_of_caregivers(asked, seen, population, rng), *_of_cues(asked, cues)),
        named=named_first(seen),
        curves=curves_of(seen),
        reliability=reliability_of(seen, asked.calibration, rng, asked.resamples),
        cues=cues,
    )


def _of_caregivers(asked: Run, seen: Weighings, population: Population, rng: np.random.Generator) -> Iterator[Figure]:
    prior, share = asked.calibration.prior, population.genuine_share
    for about, estimate, caregivers in caregiver_figures(seen.outcomes, share, prior, rng, asked.resamples):
        yield figure("authenticity", about, estimate, caregivers, aim_of("authenticity", about))


def _of_cues(asked: Run, cues: tuple[Cue, ...]) -> Iterator[Figure]:
    return cue_figures(asked.calibration, asked.rules, cues)


def _speed(population: Population, judge: Judge) -> Speed:
    return speed_of([judge.record(visit) for visit in islice(population.visits(), MOST_TIMED)], judge.weigher())


def _of_speed(speed: Speed | None) -> Iterator[Figure]:
    if speed is not None:
        told, about = Estimate(speed.verdicts_a_second, None, None), "verdicts_a_second"
        yield figure("speed", about, told, speed.records, aim_of("speed", about))


def _setting(asked: Run, seen: Weighings) -> Setting:
    return Setting(
        world=asked.world,
        seed=asked.seed,
        visits=len(seen.outcomes),
        caregivers=len(set(seen.caregivers)),
        rules=asked.rules.version,
        calibration=asked.calibration.version,
        prior=asked.calibration.prior,
        review_threshold=asked.rules.thresholds.review,
        hold_threshold=asked.rules.thresholds.hold,
        resamples=asked.resamples,
    )


def _counts(seen: Weighings) -> dict[Typology, int]:
    found = Counter(outcome.truth for outcome in seen.outcomes)
    return {typology: found[typology] for typology in Typology if found[typology]}
