"""What a program does first: seal the visits that the one before it could not end."""

from collections.abc import Callable
from functools import partial

import structlog

from edge_agent.left_open import LeftOpen
from edge_agent.outbox import WaitingRecord
from edge_agent.witness import Witness

Tell = Callable[[WaitingRecord], None]


def seal_cut_visits(witness: Witness, left_open: LeftOpen, tell: Tell) -> None:
    """Seal each of them, now or when the disk takes it; ``tell`` is given the record.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    for visit in left_open.unsealed():
        left_open.add(visit, partial(_seal, witness, visit, tell))


def _seal(witness: Witness, visit: str, tell: Tell) -> None:
    record = witness.seal_cut(witness.outbox.visits.cut(visit))
    structlog.get_logger().warning("cut_visit_sealed", visit=visit, seq=record.seq)
    tell(record)
