"""What a device deletes by itself, and what it never does: a record without a receipt, and the journal of one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog
from msgspec import Struct, structs

from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import set_aside
from edge_agent.past_visits import PastVisits
from edge_agent.sealed_roster import SealedRoster
from edge_agent.settings import RetentionSettings

MS_A_DAY = 86_400_000
# Dropped at once where space is wanted.
_BATCH = 10


class Housekept(Struct, frozen=True):
    """What was done: ``aged`` journals had their time, ``squeezed`` ones made room; what is left waits or is kept.

    ``forgotten`` is whose templates had their time, ``past`` which visits are not shown to their caregivers any more.
    """

    aged: int
    squeezed: int
    damaged_files: int
    journals: int
    waiting: int
    reserve_held: bool
    forgotten: int = 0
    past: int = 0


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

        By a clock that nobody set nothing has had its time: a wrong date would delete everything.

        Raises:
            OutboxError: the outbox cannot be used.
            VaultError: the roster cannot be used.
        """
        before_ms = now_ms - round(self.retention.journals_days * MS_A_DAY)
        aged = self.outbox.journals.drop_before(before_ms) if clock_believed else 0
        damaged = self._drop_damaged(before_ms) if clock_believed else 0
        forgotten = self._forget_people(now_ms) if clock_believed else 0
        past = self._drop_past(now_ms) if clock_believed else 0
        squeezed = self._make_room()
        done = Housekept(
            aged=aged,
            squeezed=squeezed,
            damaged_files=damaged,
            journals=self.outbox.journals.count(),
            waiting=self.outbox.count(),
            reserve_held=self.outbox.reserve.hold(),
            forgotten=forgotten,
            past=past,
        )
        if aged or squeezed or damaged or forgotten or past or not done.reserve_held:
            structlog.get_logger().info("housekept", **structs.asdict(done))
        return done

    def _forget_people(self, now_ms: int) -> int:
        before_ms = now_ms - round(self.retention.templates_days * MS_A_DAY)
        return len(self.roster.forget_before(before_ms)) if self.roster else 0

    def _drop_past(self, now_ms: int) -> int:
        before_ms = now_ms - round(self.retention.past_visits_days * MS_A_DAY)
        return self.past.drop_before(before_ms) if self.past else 0

    def _drop_damaged(self, before_ms: int) -> int:
        old = [one for one in set_aside(self.database) if int(one.name.rpartition("-")[2]) < before_ms]
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
