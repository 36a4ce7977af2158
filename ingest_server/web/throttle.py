"""Slowing down guessed passwords.

Failures are counted in memory by name and address: after :data:`MOST_FAILURES` within :data:`WINDOW_MS` no further
password of that pair is even looked at. A restart forgets them, and each server process counts for itself; argon2's
cost holds what slips through. A stranger cannot lock somebody out, since their own address counts.
"""

from collections import OrderedDict
from threading import Lock

MOST_FAILURES = 5
WINDOW_MS = 5 * 60_000
# An attacker who varies names must not fill the memory: the pair quiet for longest is forgotten first.
MOST_PAIRS = 10_000

Pair = tuple[str, str]


class Throttle:
    """Counts failed log-ins; used from several threads."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Pair, list[int]] = OrderedDict()
        self._lock = Lock()

    def admit(self, name: str, address: str, now_ms: int) -> bool:
        """Whether a log-in may be tried; counts it as failed until :meth:`clear` says otherwise.

        Counting first keeps attempts that run at the same time from all slipping under the limit.
        """
        pair = (name, address)
        with self._lock:
            recent = [at_ms for at_ms in self._failures.pop(pair, []) if at_ms > now_ms - WINDOW_MS]
            admitted = len(recent) < MOST_FAILURES
            self._failures[pair] = [*recent, now_ms] if admitted else recent
            while len(self._failures) > MOST_PAIRS:
                self._failures.popitem(last=False)
        return admitted

    def clear(self, name: str, address: str) -> None:
        """A log-in succeeded."""
        with self._lock:
            self._failures.pop((name, address), None)
