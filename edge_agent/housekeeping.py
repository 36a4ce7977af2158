"""What a device deletes by itself, and what it never does: a record without a receipt, and the journal of one."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from msgspec import Struct, structs

from edge_agent.ages import Ages
from edge_agent.errors import EdgeError
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import files_set_aside
from edge_agent.past_visits import PastVisits
from edge_agent.program_settings import RetentionSettings
from edge_agent.sealed_roster import SealedRoster

MS_A_DAY = 86_400_000
# Dropped at once where space is wanted.
_BATCH = 10


class Housekept(Struct, frozen=True):
    """What was done: ``aged`` journals had their time, ``squeezed`` ones made room; what is left waits or is kept.

    ``forgotten`` is whose templates had their time, ``past`` which visits are not shown to their caregivers any more.
    ``failed`` names what could not be done; it counts as none.
    """

    squeezed: int
    journals: int
    waiting: int
    reserve_held: bool
    aged: int = 0
    damaged_files: int = 0
    forgotten: int = 0
    past: int = 0
    failed: tuple[str, ...] = ()


@dataclass
class _Deeds:
    """One after another; what goes wrong with one is told, and keeps no other and no visit from going on."""

    failed: list[str] = field(default_factory=list)

    def do(self, name: str, deed: Callable[[], int]) -> int:
        try:
            return deed()
        except (EdgeError, OSError) as error:
            structlog.get_logger().error("house_not_kept", deed=name, reason=str(error))
            self.failed.append(name)
            return 0


@dataclass(frozen=True)
class Housekeeping:
    """Keeps one device's folder in bounds."""

    outbox: Outbox
    database: Path
    retention: RetentionSettings
    roster: SealedRoster | None = None
    past: PastVisits | None = None

    def keep(self, now_ms: int, *, clock_believed: bool) -> Housekept:
        """Delete what has had its time, and more where the disk is filling up; hold the reserve again.

        By a clock that nobody set nothing has had its time: a wrong date would delete everything. By one that can be
        believed a thing's time begins when it is first seen. Nothing is raised: what could not be done is told, and
        tried again the next time.
        """
        deeds = _Deeds()
        aged = self._age(deeds, now_ms) if clock_believed else {}
        squeezed = deeds.do("squeezed", self._make_room)
        done = Housekept(
            squeezed=squeezed,
            journals=deeds.do("journals", self.outbox.journals.count),
            waiting=deeds.do("waiting", self.outbox.count),
            reserve_held=bool(deeds.do("reserve_held", self.outbox.reserve.hold)),
            **aged,
            failed=tuple(deeds.failed),
        )
        if squeezed or any(aged.values()) or not done.reserve_held:
            structlog.get_logger().info("housekept", **structs.asdict(done))
        return done

    def _age(self, deeds: _Deeds, now_ms: int) -> dict[str, int]:
        before_ms = now_ms - round(self.retention.journals_days * MS_A_DAY)
        deeds.do("seen", lambda: self._see(now_ms))
        return {
            "aged": deeds.do("aged", lambda: self.outbox.journals.drop_before(before_ms)),
            "damaged_files": deeds.do("damaged_files", lambda: self._drop_damaged(before_ms)),
            "forgotten": deeds.do("forgotten", lambda: self._forget_people(now_ms)),
            "past": deeds.do("past", lambda: self._drop_past(now_ms)),
        }

    def _see(self, now_ms: int) -> int:
        files = [one.name for one in files_set_aside(self.database)]
        self._ages.see(files, now_ms)
        return len(files)

    @property
    def _ages(self) -> Ages:
        return Ages(self.outbox.store)

    def _forget_people(self, now_ms: int) -> int:
        before_ms = now_ms - round(self.retention.templates_days * MS_A_DAY)
        return len(self.roster.forget_before(before_ms, now_ms)) if self.roster else 0

    def _drop_past(self, now_ms: int) -> int:
        before_ms = now_ms - round(self.retention.past_visits_days * MS_A_DAY)
        return self.past.drop_before(before_ms) if self.past else 0

    def _drop_damaged(self, before_ms: int) -> int:
        aged = self._ages.seen_before(before_ms)
        old = [one for one in files_set_aside(self.database) if one.name in aged and one.is_file()]
        for one in old:
            for suffix in ("", "-wal", "-shm"):
                one.with_name(one.name + suffix).unlink(missing_ok=True)
        return len(old)

    def _make_room(self) -> int:
        dropped = 0
        while self._room() < self.retention.least_free_mb * 1_000_000:
            gone = self.outbox.journals.drop_oldest(_BATCH)
            if not gone:
                break
            dropped += gone
        return dropped

    def _room(self) -> int:
        return shutil.disk_usage(self.database.parent).free + self.outbox.journals.room()
