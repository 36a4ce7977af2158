"""How often a PIN or a code was typed wrong, at whichever door, and how long it then rests. Kept over restarts.

What rests is one code: nobody else waits for it, and nobody waits with their care. Called under the desk's lock.
"""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from edge_agent.codes import matches
from edge_agent.whole_files import OWNER_ALONE, write_whole

FREE_TRIES: Final = 5
# After the first five, and then twice as long after each wrong one: a year has some 370 guesses of 10,000.
FIRST_REST_MS: Final = 600_000
LONGEST_REST_MS: Final = 86_400_000
# More codes than a device has orders and people in a day; those that rested longest ago make room.
MOST_KEPT: Final = 200
_MOST_DOUBLINGS: Final = 8


class Tried(StrEnum):
    """What came of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    RESTS = "rests"
    """Not looked at: the code rests, whether or not this was it."""


class Tally(Struct, frozen=True):
    """Wrong tries since the last right one, and when the rest began, UTC milliseconds."""

    wrong: int
    since_ms: int

    @property
    def rest_ms(self) -> int:
        """How long the code rests."""
        beyond = self.wrong - FREE_TRIES
        return 0 if beyond < 0 else min(LONGEST_REST_MS, FIRST_REST_MS << min(beyond, _MOST_DOUBLINGS))

    def at(self, now_ms: int) -> "Tally":
        """The same by a clock that was set back, as one is at a start without a network: the rest begins anew."""
        return Tally(self.wrong, min(self.since_ms, now_ms))


class WrongCodes:
    """Those of one device; a code is known by a digest of its hash, so that a new PIN begins at nought."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tallies = _read(path)

    def tried(self, code: str, kept: str, now_ms: int) -> Tried:
        """Try a code against the hash that is kept of it; ``now_ms`` is UTC."""
        name = hashlib.sha256(kept.encode()).hexdigest()[:16]
        tally = self._tallies.get(name, Tally(0, now_ms)).at(now_ms)
        if now_ms - tally.since_ms < tally.rest_ms:
            self._tallies[name] = tally
            return Tried.RESTS
        if matches(code, kept):
            if self._tallies.pop(name, None) is not None:
                self._keep()
            return Tried.RIGHT
        self._count(name, Tally(tally.wrong + 1, now_ms))
        return Tried.WRONG

    def _count(self, name: str, tally: Tally) -> None:
        self._tallies[name] = tally
        structlog.get_logger().warning("wrong_code", wrong=tally.wrong, rests_s=tally.rest_ms // 1000)
        latest = sorted(self._tallies.items(), key=lambda one: one[1].since_ms)[-MOST_KEPT:]
        self._tallies = dict(latest)
        self._keep()

    def _keep(self) -> None:
        try:
            write_whole(self._path, msgspec.json.encode(self._tallies), OWNER_ALONE)
        except OSError as error:
            # It is known until the program ends; a full disk keeps nobody from showing who they are.
            structlog.get_logger().error("wrong_codes_not_kept", reason=error.strerror)


def _read(path: Path) -> dict[str, Tally]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Tally])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        structlog.get_logger().error("wrong_codes_unreadable", reason=type(error).__name__)
        return {}
