"""Many visits lived in processes of their own: resumable, and no visit's failure is another's."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim.benchmark.lived.shelf import Shelf
from sim.benchmark.processes import pool_of
from sim.staging.visits import StagedVisit
from visit_record.record import VisitRecord

Work = Callable[[StagedVisit], VisitRecord]


@dataclass(frozen=True)
class Outcome:
    """What became of a visit: its record, or why there is none; ``kept`` when it had been lived before."""

    staged: StagedVisit
    record: VisitRecord | None = None
    error: str | None = None
    kept: bool = False


def live_many(
    visits: Sequence[StagedVisit],
    folder: Path,
    registry: Path,
    processes: int = 2,
    progress: Callable[[Outcome], None] = lambda _outcome: None,
) -> Iterator[tuple[StagedVisit, VisitRecord]]:
    """Each visit with its record: first those that ``folder`` holds, then the others as they are lived.

    ``progress`` is told of every visit, and alone of those that failed. Whoever stops early, by Ctrl-C too, waits for
    the visits that are under way, and finds them kept.

    Raises:
        BenchmarkError: the folder cannot be made.
        ModelError: the registry cannot be read.
    """
    shelf = Shelf.open(folder, registry)
    waiting: deque[StagedVisit] = deque()
    for staged in visits:
        kept = shelf.find(staged)
        if kept is None:
            waiting.append(staged)
            continue
        progress(Outcome(staged, kept.record, kept=True))
        yield staged, kept.record
    for outcome in live_each(waiting, partial(live_and_keep, shelf, registry), processes):
        progress(outcome)
        if outcome.record is not None:
            yield outcome.staged, outcome.record


def live_and_keep(shelf: Shelf, registry: Path, staged: StagedVisit) -> VisitRecord:
    """Live a visit in this process, and keep it.

    Raises:
        EdgeError: the device cannot work.
        BenchmarkError: the record cannot be kept.
    """
    from sim.benchmark.lived.one import live_alone  # noqa: PLC0415 - who only reads records needs no perception

    record = live_alone(staged, registry)
    shelf.keep(staged, record)
    return record


def live_each(waiting: deque[StagedVisit], work: Work, processes: int) -> Iterator[Outcome]:
    """What becomes of the visits, as they end. One that took its process with it is tried once more."""
    suspects: set[int] = set()
    while waiting:
        with pool_of(processes) as pool:
            for staged, future in _ended(pool, waiting, work, processes):
                error = future.exception()
                if isinstance(error, BrokenProcessPool) and id(staged) not in suspects:
                    suspects.add(id(staged))
                    waiting.append(staged)
                else:
                    yield _outcome(staged, future)


def _ended(
    pool: ProcessPoolExecutor, waiting: deque[StagedVisit], work: Work, processes: int
) -> Iterator[tuple[StagedVisit, Future[VisitRecord]]]:
    """Visits as they end, until all have or the pool is broken; no more are begun than processes can take."""
    under_way: dict[Future[VisitRecord], StagedVisit] = {}
    broken = False
    while under_way or (waiting and not broken):
        while waiting and len(under_way) < processes and not broken:
            try:
                under_way[pool.submit(work, waiting[0])] = waiting[0]
                waiting.popleft()
            except BrokenProcessPool:
                broken = True
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            broken = broken or isinstance(future.exception(), BrokenProcessPool)
            yield under_way.pop(future), future


def _outcome(staged: StagedVisit, future: Future[VisitRecord]) -> Outcome:
    error = future.exception()
    if error is None:
        return Outcome(staged, future.result())
    return Outcome(staged, error=f"{type(error).__name__}: {' '.join(str(error).split())}")
