"""Visits under way, in the device's database: what a program that starts anew needs to seal what was cut short."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct
from sqlite_utils import Database

from edge_agent.actions import CheckIn
from edge_agent.device_store import DeviceStore
from edge_agent.journal import Progress
from edge_agent.stored_journals import named_in
from edge_agent.visit_settings import CheckSettings, VisitSettings
from visit_record.record import Clock
from visit_record.vocabulary import Modality, NotObservedReason

# What was taken over from a damaged database may tell of a visit that was sealed in it: it is never sealed twice.
_UNSEALED = "visit NOT IN (SELECT visit FROM journals UNION ALL SELECT visit FROM past_visits)"


class BegunVisit(Struct, frozen=True):
    """What is known of a visit at its check-in.

    ``anchor_ms`` is the wall clock (UTC milliseconds) at the moment ``check_in.at_ms`` of the monotonic one; ``boot``
    names the machine's start, so that a failed program can be told from failed power; ``clock_behind`` is whether the
    wall clock stood before a visit that this device has witnessed already, and so was wrong.
    """

    visit: str
    check_in: CheckIn
    anchor_ms: int
    clock: Clock
    silence: Mapping[Modality, NotObservedReason]
    checks: CheckSettings
    bounds: VisitSettings
    boot: str
    clock_behind: bool = False


class CutVisit(Struct, frozen=True):
    """A visit that was begun and never sealed; ``lines`` are its journal's, as far as they were kept."""

    begun: BegunVisit
    progress: Progress
    lines: bytes


class OpenVisits:
    """The visits under way. Any thread may call; each call is one transaction, durable when it returns."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store

    def begin(self, begun: BegunVisit) -> None:
        """Store that a visit has begun.

        Raises:
            OutboxError: nothing was stored.
        """
        row = (begun.visit, msgspec.json.encode(begun), msgspec.json.encode(Progress(begun.check_in.at_ms)))
        with self._store.transaction() as db:
            db.execute("INSERT INTO open_visits (visit, begun, progress) VALUES (?, ?, ?)", row)

    def keep(self, visit: str, lines: bytes, progress: Progress) -> None:
        """Store what a visit's journal says since the last call.

        Raises:
            OutboxError: nothing was stored.
        """
        with self._store.transaction() as db:
            db.execute("INSERT INTO open_lines (visit, lines) VALUES (?, ?)", (visit, lines))
            db.execute("UPDATE open_visits SET progress = ? WHERE visit = ?", (msgspec.json.encode(progress), visit))

    def count(self) -> int:
        """How many are under way, or were when a program ended.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            return int(db.execute(f"SELECT count(*) FROM open_visits WHERE {_UNSEALED}").fetchone()[0])

    def unsealed(self, release: str) -> list[str]:
        """Every visit that was begun and never sealed, the first one first, but for what a release has left open.

        Raises:
            OutboxError: the file cannot be read.
        """
        left = "visit NOT IN (SELECT visit FROM left_open WHERE software = ?)"
        query = f"SELECT visit FROM open_visits WHERE {_UNSEALED} AND {left} ORDER BY rowid"
        with self._store.reading() as db:
            return [visit for (visit,) in db.execute(query, (release,)).fetchall()]

    def cut(self, visit: str) -> CutVisit:
        """One of them.

        Raises:
            OutboxError: the file cannot be read.
            MsgspecError: another version wrote what this one cannot read.
        """
        with self._store.reading() as db:
            begun, progress = db.execute("SELECT begun, progress FROM open_visits WHERE visit = ?", (visit,)).fetchone()
            kept = db.execute("SELECT lines FROM open_lines WHERE visit = ? ORDER BY id", (visit,)).fetchall()
        return CutVisit(
            msgspec.json.decode(begun, type=BegunVisit),
            msgspec.json.decode(progress, type=Progress),
            b"".join(lines for (lines,) in kept),
        )

    def leave(self, visit: str, release: str) -> None:
        """A release cannot seal it, and is not to try again: it is kept for one that can.

        Raises:
            OutboxError: nothing was stored.
        """
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO left_open (visit, software) VALUES (?, ?)", (visit, release))

    def named(self) -> set[str]:
        """The ids of everybody whom they name, and of their orders, as far as this version can read them.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            begun = db.execute("SELECT begun FROM open_visits").fetchall()
        return set().union(*(_named(content) for (content,) in begun))


class _CheckedIn(Struct):
    """As much of what is stored of a visit as names somebody."""

    check_in: msgspec.Raw


def _named(begun: bytes) -> set[str]:
    try:
        return named_in(bytes(msgspec.json.decode(begun, type=_CheckedIn).check_in))
    except msgspec.MsgspecError:
        return set()


def forget(db: Database, visit: str) -> None:
    """A visit is sealed: within the transaction that stores its record."""
    db.execute("DELETE FROM open_lines WHERE visit = ?", (visit,))
    db.execute("DELETE FROM left_open WHERE visit = ?", (visit,))
    db.execute("DELETE FROM open_visits WHERE visit = ?", (visit,))
