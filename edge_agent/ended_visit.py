"""A visit that is over, before it is sealed and after."""

from dataclasses import dataclass

from edge_agent.assembly import Occasion
from edge_agent.outbox import WaitingRecord
from edge_agent.timeline import SensorLost
from edge_agent.visit_session import VisitSession
from visit_record.bilingual import Words


@dataclass(frozen=True)
class EndedVisit:
    """A visit that is over and not sealed: all of it in memory, and on the disk as far as that took it."""

    session: VisitSession
    occasion: Occasion
    refused_actions: tuple[Words, ...]

    @property
    def visit(self) -> str:
        """Its id."""
        return self.occasion.visit_id


@dataclass(frozen=True)
class SealedVisit:
    """A visit's record in the outbox, the sensors that failed, and what people did that the state forbade."""

    record: WaitingRecord
    lost: tuple[SensorLost, ...]
    refused_actions: tuple[Words, ...]
