"""What a program does first: seal the visits that the one before it could not end."""

from collections.abc import Callable
from functools import partial

import structlog

from edge_agent.journal import Journal
from edge_agent.left_open import LeftOpen
from edge_agent.open_visits import CutVisit
from edge_agent.outbox import WaitingRecord
from edge_agent.sealer import Sealer, clock_of, occasion_of
from edge_agent.senses import Senses
from edge_agent.visit_session import VisitSession
from edge_agent.visit_state import PowerLost

Tell = Callable[[WaitingRecord], None]


def seal_cut_visits(sealer: Sealer, boot: str, left_open: LeftOpen, tell: Tell) -> None:
    """Seal each of them, now or when the disk takes it; ``tell`` is given the record, ``boot`` names this start.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    for visit in left_open.unsealed():
        left_open.add(visit, partial(_seal, sealer, boot, visit, tell))


def seal_cut(sealer: Sealer, boot: str, cut: CutVisit) -> WaitingRecord:
    """Seal a visit with what was seen of it; one that began in another start than ``boot`` was cut by power.

    Nobody may be witnessing it any more; see :mod:`edge_agent.sole_witness`.

    Raises:
        OutboxError: the record could not be stored.
        RefusedError: the record is one that no server would take.
        VisitStateError: its journal tells what cannot have happened.
    """
    begun = cut.begun
    session = _recalled(cut)
    # A new start of the machine, or only of this program?
    if begun.boot != boot and not session.course.over:
        session.happen(PowerLost(session.course.now_ms))
    session.end_of_streams()
    # How far the wall clock had stepped by then, nobody can tell any more.
    return sealer.seal(session, occasion_of(begun, clock_of(begun, session), wall_step_ms=0))


def _recalled(cut: CutVisit) -> VisitSession:
    begun = cut.begun
    session = VisitSession(begun.check_in, Senses(models=cut.progress.models), begun.checks, begun.bounds)
    session.recall(Journal(cut.lines), cut.progress)
    return session


def _seal(sealer: Sealer, boot: str, visit: str, tell: Tell) -> None:
    record = seal_cut(sealer, boot, sealer.outbox.visits.cut(visit))
    structlog.get_logger().warning("cut_visit_sealed", visit=visit, seq=record.seq)
    tell(record)
