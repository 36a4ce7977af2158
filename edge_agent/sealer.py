"""From a visit that is over to its record in the outbox."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.assembly import Device, Occasion, assemble
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.open_visits import BegunVisit
from edge_agent.outbox import Outbox, WaitingRecord, nothing_else
from edge_agent.past_visits import PastVisits
from edge_agent.visit_session import VisitSession
from edge_agent.visit_state import RecordSealed
from visit_record.sealing import seal


@dataclass(frozen=True)
class Sealer:
    """Seals in a device's name; ``past`` remembers what is sealed for those who may see it afterwards."""

    device: Device
    key: Ed25519PrivateKey
    outbox: Outbox
    past: PastVisits | None = None

    def seal(self, session: VisitSession, occasion: Occasion) -> WaitingRecord:
        """Seal a visit; where that fails it may be tried again.

        Raises:
            VisitStateError: the visit has not ended, or is sealed already.
            OutboxError: the record could not be stored.
            RefusedError: the record is one that no server would take.
        """
        record = self.outbox.append(
            lambda link: seal(assemble(session, self.device, occasion, link), self.key),
            session.journal.close(occasion.visit_id),
            self.past.keep if self.past else nothing_else,
        )
        session.course.follow(RecordSealed(session.course.now_ms))
        return record


def clock_of(begun: BegunVisit, session: VisitSession) -> VisitClock:
    """The time of a visit that has ended."""
    return VisitClock(begun.anchor_ms, begun.check_in.at_ms, session.course.ended_ms)


def occasion_of(begun: BegunVisit, clock: VisitClock, wall_step_ms: int) -> Occasion:
    """What a session cannot know, from what was known at its check-in; ``wall_step_ms`` as :class:`Occasion` has it."""
    return Occasion(begun.visit, clock, wall_step_ms, begun.clock, begun.silence, begun.clock_behind)
