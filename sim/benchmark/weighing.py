"""From staged visits to what is said of them, in processes. Nothing depends on how many there are."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from multiprocessing import get_context
from typing import TypeVar

from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.verdict import Verdict
from ingest_server.scoring.weigher import Weigher
from sim.benchmark.dropping import SENSES, complete, without
from sim.benchmark.oddities import oddities_of
from sim.benchmark.outcome import WHOLE, Missing, Outcome, Weight, log10_lr_of
from sim.benchmark.population import Population
from sim.history.assumed import Assumed
from sim.history.record import record_of
from sim.staging.visits import StagedVisit
from visit_record.catalogue import service_items
from visit_record.chain import next_link
from visit_record.record import VisitRecord
from visit_record.vocabulary import Typology

CHUNK = 100
# Records of the benchmark are in no chain, and name models by no file.
FIRST_LINK, UEID, MODELS = next_link(0, None), "benchmark", {"care_sound": "0" * 64}

ONE_MISSING: tuple[Missing, ...] = tuple((sense,) for sense in SENSES)
TWO_MISSING: tuple[Missing, ...] = tuple(combinations(SENSES, 2))
ONE_LEFT: tuple[Missing, ...] = tuple(tuple(sense for sense in SENSES if sense is not left) for left in SENSES)

Work = TypeVar("Work")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Chunk:
    """Visits for one process, and what they are witnessed and weighed by."""

    visits: Population
    senses: Assumed
    calibration: Calibration


def chunks(population: Population, senses: Assumed, calibration: Calibration) -> Iterator[Chunk]:
    """The visits in order, so many at a time."""
    for first in range(0, len(population.plans), CHUNK):
        some = replace(population, people=(), plans=population.plans[first : first + CHUNK])
        yield Chunk(some, senses, calibration)


def weigh_chunk(chunk: Chunk) -> list[Outcome]:
    """Stage, witness and weigh each visit: as it was, and with senses taken away."""
    weigher = Weigher(chunk.calibration, service_items())
    return [
        _outcome(visit, recorded(visit, chunk.senses), weigher, chunk.calibration) for visit in chunk.visits.visits()
    ]


def recorded(visit: StagedVisit, senses: Assumed) -> VisitRecord:
    """The record of a visit, in no chain."""
    return record_of(visit, FIRST_LINK, UEID, MODELS, senses)


def in_order(work: Callable[[Work], Done], chunks: Iterable[Work], processes: int) -> Iterator[Done]:
    """Each chunk's result in the chunks' order; never more chunks under way than keep the processes busy."""
    if processes == 1:
        yield from map(work, chunks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(work, chunk))
                if len(waiting) > 2 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _outcome(visit: StagedVisit, record: VisitRecord, weigher: Weigher, calibration: Calibration) -> Outcome:
    is_complete = complete(record)
    as_it_was = weigher.weigh(record)
    ways = (*ONE_MISSING, *ONE_LEFT, *(TWO_MISSING if is_complete and visit.truth is Typology.GENUINE else ()))
    verdicts = {WHOLE: as_it_was} | {missing: weigher.weigh(without(record, missing)) for missing in ways}
    return Outcome(
        caregiver=visit.plan.caregiver.id,
        agency=record.agency,
        stratum="",
        truth=visit.truth,
        variant=visit.variant,
        oddities=tuple(sorted(set(oddities_of(visit, record)))),
        complete=is_complete,
        leading=as_it_was.leading,
        weights={missing: _weight(verdict, calibration) for missing, verdict in verdicts.items()},
        values={reason.evidence: reason.value for reason in as_it_was.reasons},
    )


def _weight(verdict: Verdict, calibration: Calibration) -> Weight:
    return Weight(log10_lr_of(verdict, calibration.prior), verdict.band)
