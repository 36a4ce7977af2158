"""Work shared out among processes; what comes back does not depend on how many there are."""

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from sim.errors import BenchmarkError

Work = TypeVar("Work")
Done = TypeVar("Done")


def in_order(work: Callable[[Work], Done], chunks: Iterable[Work], processes: int) -> Generator[Done]:
    """Each chunk's result in the chunks' order; never more chunks under way than keep the processes busy.

    Raises:
        BenchmarkError: a process was ended from outside, as where memory ran out.
    """
    if processes == 1:
        yield from map(work, chunks)
        return
    with pool_of(processes) as pool:
        try:
            yield from _results(pool, work, chunks, 2 * processes)
        except BrokenProcessPool as cause:
            raise BenchmarkError("a process was ended from outside; ask for fewer --processes") from cause
        finally:
            pool.shutdown(cancel_futures=True)


def pool_of(processes: int) -> ProcessPoolExecutor:
    """Processes that Ctrl-C leaves to their parent, for work that must be handed out otherwise than in order."""
    # Forked children would inherit the locks of the parent's threads.
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts_alone)


def _results(pool: Executor, work: Callable[[Work], Done], chunks: Iterable[Work], most: int) -> Iterator[Done]:
    waiting: deque[Future[Done]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(work, chunk))
        if len(waiting) > most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _leave_interrupts_alone() -> None:
    """Ctrl-C reaches every process of the terminal; what is under way is for the parent to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
