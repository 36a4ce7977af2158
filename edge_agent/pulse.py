"""The sign of life: told to the supervisor, and kept in a file that says which program lives and whether it is busy.

Nobody beats but the loop that does the work: a thread with a timer would go on beating for a loop that hangs.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import structlog
from msgspec import Struct

from edge_agent.notify import ALIVE, READY, STARTING, STOPPING, Supervisor
from edge_agent.sensors.monotonic import monotonic_ms
from visit_record.first_use import known

BEAT_EVERY_MS = 1000


class Alive(Struct, frozen=True):
    """What the file says. Times are the machine's monotonic clock, alike for every program until it starts anew.

    An older program judges a newer one by it: what that says besides is left unread.
    """

    program: str
    """The environment that the program runs in: which release it is."""

    ready_since_ms: int
    """When it had opened all that it needs."""

    beat_ms: int
    """When it was last seen at work."""

    visit: bool
    """Whether a visit is under way, which nothing but a fault may cut."""


class Pulse:
    """The pulse of one program. ``file`` is ``None`` where nobody asks how it is."""

    def __init__(
        self, supervisor: Supervisor, file: Path | None, program: str, now_ms: Callable[[], int] = monotonic_ms
    ) -> None:
        self._supervisor, self._file, self._program, self._now_ms = supervisor, file, program, now_ms
        self._ready_since_ms: int | None = None
        self._beat_ms = 0
        self._visit = False

    def ready(self) -> None:
        """Everything is open; from now on beats count."""
        self._ready_since_ms = self._beat_ms = self._now_ms()
        self._supervisor.tell(READY)
        self._note(self._ready_since_ms)

    def starting(self) -> None:
        """Work goes on that comes before :meth:`ready`, and may take long; told at most once a second."""
        now_ms = self._now_ms()
        if now_ms - self._beat_ms >= BEAT_EVERY_MS:
            self._beat_ms = now_ms
            self._supervisor.tell(STARTING)

    def beat(self) -> None:
        """Work goes on; told at most once a second, and never before :meth:`ready`."""
        now_ms = self._now_ms()
        if self._ready_since_ms is None or now_ms - self._beat_ms < BEAT_EVERY_MS:
            return
        self._beat_ms = now_ms
        self._supervisor.tell(ALIVE)
        self._note(self._ready_since_ms)

    @contextmanager
    def visit(self) -> Iterator[None]:
        """A visit is under way while the block runs."""
        self._visit = True
        self._note(self._ready_since_ms)
        try:
            yield
        finally:
            self._visit = False
            self._note(self._ready_since_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The program goes, and says so."""
        self._supervisor.tell(STOPPING)
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _note(self, ready_since_ms: int | None) -> None:
        if self._file is None or ready_since_ms is None:
            return
        alive = Alive(self._program, ready_since_ms, self._beat_ms, self._visit)
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            fresh.write_bytes(msgspec.json.encode(alive))
            # Whoever judges a release is another user, and may be without the right to read everything.
            fresh.chmod(0o644)
            fresh.replace(self._file)
        except OSError as cause:
            structlog.get_logger().error("pulse_not_kept", file=str(self._file), reason=cause.strerror)


def read_alive(file: Path) -> Alive | None:
    """What the program last said of itself; ``None`` where there is no such word, or none that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=known(Alive))
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as cause:
        structlog.get_logger().warning("no_sign_of_life", file=str(file), reason=str(cause))
        return None
