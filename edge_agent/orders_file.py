"""``orders.toml`` as it is now. Whoever wrote it may err: that costs what is written wrongly, and nobody else."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import structlog

from edge_agent.day_orders import Orders
from edge_agent.usable_orders import usable_orders, usable_part
from edge_agent.whole_files import OWNER_ALONE, remove, write_whole

# An editor that puts another file in its place makes it gone for a moment.
GONE_AFTER_S = 5.0


class OrdersFile:
    """Read again when it has changed; any thread may ask.

    What cannot be read changes nothing; at a start the copy of what was read last is taken for it. Where the file is
    gone, and stays so, nothing is ordered, and its people stay in no copy.
    """

    def __init__(self, path: Path, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Read it; a device without one has no orders yet. ``clock_s`` is monotonic."""
        self._path, self._copy, self._clock_s = path, _copy_of(path), clock_s
        self._one_at_a_time = Lock()
        self._read_ns: int | None = None
        self._gone_since_s: float | None = None
        self._orders = Orders()
        self()

    def __call__(self) -> Orders:
        """What is ordered now."""
        with self._one_at_a_time:
            changed_ns = self._changed_ns()
            if changed_ns is None:
                self._miss(self._clock_s())
            elif changed_ns != self._read_ns:
                is_first, self._read_ns = self._read_ns is None, changed_ns
                self._read(is_first=is_first)
            return self._orders

    def _changed_ns(self) -> int | None:
        try:
            changed_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        self._gone_since_s = None
        return changed_ns

    def _read(self, *, is_first: bool) -> None:
        try:
            content = self._path.read_bytes()
            self._orders = usable_orders(content)
        except (OSError, ValueError) as error:
            structlog.get_logger().error("orders_unusable", reason=str(error))
            if is_first:
                self._take_the_last()
        else:
            self._keep(content)

    def _take_the_last(self) -> None:
        try:
            self._orders = usable_orders(self._copy.read_bytes())
        except (OSError, ValueError) as error:
            structlog.get_logger().error("last_orders_unusable", reason=str(error))

    def _keep(self, content: bytes) -> None:
        try:
            write_whole(self._copy, content, OWNER_ALONE)
        except OSError as error:
            structlog.get_logger().error("last_orders_not_kept", reason=str(error.strerror))

    def _miss(self, now_s: float) -> None:
        if self._gone_since_s is None:
            self._gone_since_s = now_s
        elif now_s - self._gone_since_s >= GONE_AFTER_S:
            # Once, until it is there again.
            self._gone_since_s = math.inf
            self._drop()

    def _drop(self) -> None:
        self._orders, self._read_ns = Orders(), None
        try:
            remove(self._copy)
        except OSError as error:
            structlog.get_logger().error("last_orders_not_dropped", reason=str(error.strerror))


def people_of(path: Path) -> set[str]:
    """Everybody whom the file or its copy names, as far as they can be read; neither is changed."""
    return {one for file in (path, _copy_of(path)) for one in _people_in(file)}


def _people_in(file: Path) -> set[str]:
    try:
        return usable_part(file.read_bytes()).people()
    except FileNotFoundError:
        return set()
    except (OSError, ValueError) as error:
        structlog.get_logger().error("orders_unusable", reason=str(error))
        return set()


def _copy_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.last")
