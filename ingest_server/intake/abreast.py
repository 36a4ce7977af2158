"""Work shared out among processes, its results in the order of what was handed out."""

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from ingest_server.errors import CarriedFilesError

Work = TypeVar("Work")
Done = TypeVar("Done")


def abreast(
    work: Callable[[Work], Done], items: Iterable[Work], processes: int, prepare: Callable[[], None]
) -> Generator[tuple[Work, Done]]:
    """Each item with what came of it; never more under way than keep the processes busy, which bounds memory.

    ``prepare`` is called in each process as it starts.

    Raises:
        CarriedFilesError: a process was ended from outside, as where memory ran out.
    """
    if processes == 1:
        yield from ((item, work(item)) for item in items)
        return
    # Forked children would inherit the parent's connections.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (prepare,))
    try:
        yield from _in_order(pool, work, items, 2 * processes)
    except BrokenProcessPool as cause:
        raise CarriedFilesError("a process was ended from outside; ask for fewer --processes") from cause
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[[Work], Done], items: Iterable[Work], most: int
) -> Iterator[tuple[Work, Done]]:
    waiting: deque[tuple[Work, Future[Done]]] = deque()
    for item in items:
        waiting.append((item, pool.submit(work, item)))
        if len(waiting) > most:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()


def _begin(prepare: Callable[[], None]) -> None:
    # Ctrl-C reaches every process of the terminal; what is under way is for the parent to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
