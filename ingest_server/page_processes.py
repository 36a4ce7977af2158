"""Pages served by several processes, beside the one that takes records in.

Each is made anew and not forked: it has its own connections to the store and its own threads. What they must know of
each other is in the store; censuses, watch and drawings each keeps for itself. All live, or none: where one ends, the
server does, and whatever watches over it starts it again.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.synchronize import Event
from typing import Final

import uvicorn

from ingest_server.data_dir import server_key
from ingest_server.ending import end_in_order
from ingest_server.errors import PagesEndedError
from ingest_server.logs import log_to_stderr
from ingest_server.page_server import PATIENCE_S, page_server
from ingest_server.settings import ServerSettings
from ingest_server.store.database import Database
from ingest_server.web.figures import Figures

# How long the others may not know that records can no longer arrive, or that the server is told to stop.
TELL_S: Final = 0.2
# More than each gives to the answers that are under way: one that does not end by then hangs.
KILL_S: Final = PATIENCE_S + 5.0


class PageProcesses:
    """One process for each socket."""

    def __init__(
        self, settings: ServerSettings, listeners: Sequence[socket.socket], intake_connected: Callable[[], bool]
    ) -> None:
        context = get_context("spawn")
        self._intake_connected = intake_connected
        self._connected = context.Event()
        self._stopping = threading.Event()
        self._processes = [
            context.Process(target=_serve, args=(settings, listener, self._connected), name=f"pages-{number}")
            for number, listener in enumerate(listeners, 1)
        ]

    def run(self) -> None:
        """Serve until told to stop, by :meth:`stop`, SIGTERM or SIGINT; to be called in the main thread.

        Raises:
            PagesEndedError: one of them ended by itself; the others were told to.
        """
        with _told_by_signals(self._stopping):
            try:
                for process in self._processes:
                    process.start()
                self._watch()
            finally:
                self._end()

    def stop(self) -> None:
        """End :meth:`run`."""
        self._stopping.set()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._tell()
            wait([process.sentinel for process in self._processes], timeout=TELL_S)
            ended = [f"{process.name} ({process.exitcode})" for process in self._processes if not process.is_alive()]
            if ended and not self._stopping.is_set():
                raise PagesEndedError(
                    f"serving pages ended by itself: {', '.join(ended)}; see the lines above, and start again"
                )

    def _tell(self) -> None:
        if self._intake_connected():
            self._connected.set()
        else:
            self._connected.clear()

    def _end(self) -> None:
        begun = [process for process in self._processes if process.pid is not None]
        for process in begun:
            process.terminate()
        for process in begun:
            process.join(KILL_S)
            process.kill()
            process.join()


@contextmanager
def _told_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Until the block ends, the signals that end a program set the event instead."""
    former = {number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _serve(settings: ServerSettings, listener: socket.socket, connected: Event) -> None:
    """What each process does: all of its own but the socket."""
    # A terminal's Ctrl-C reaches every process; ours end when the first one tells them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_in_order()
    log_to_stderr()
    with closing(Database(settings.database_url)) as database:
        key = server_key(settings.data_dir)
        pages = page_server(settings, database, key, Figures.of_several(), connected.is_set)
        threading.Thread(target=_end_with_the_first, args=(pages,), name="end", daemon=True).start()
        pages.run(sockets=[listener])


def _end_with_the_first(pages: uvicorn.Server) -> None:
    """Killed, the first process tells nobody: left alone, we would hold its port and show a quiet day."""
    first = parent_process()
    assert first is not None
    first.join()
    pages.should_exit = True
