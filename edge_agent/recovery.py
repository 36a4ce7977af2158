"""What a program does first: seal the visits that the one before it could not end."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import structlog

from edge_agent.errors import VisitStateError
from edge_agent.outbox import WaitingRecord
from edge_agent.witness import Witness
from visit_record.errors import RefusedError

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id(path: Path = BOOT_ID) -> str:
    """What the kernel calls this start of the machine; empty where it says nothing, and then no power was lost."""
    try:
        return path.read_text("ascii").strip()
    except OSError:
        return ""


def seal_cut_visits(witness: Witness) -> Iterator[WaitingRecord]:
    """Seal each of them. One that cannot be sealed stays where it is, is told, and costs no other.

    Raises:
        OutboxError: a record could not be stored.
    """
    for cut in witness.outbox.visits.cut():
        try:
            record = witness.seal_cut(cut)
        except (RefusedError, VisitStateError, msgspec.MsgspecError) as error:
            structlog.get_logger().error("visit_left_open", visit=cut.begun.visit, reason=str(error))
            continue
        structlog.get_logger().warning("cut_visit_sealed", visit=cut.begun.visit, seq=record.seq)
        yield record
