"""Stores a visit's journal while the visit lasts, so that a power cut costs at most its last second.

A second of the program's own time: a replayed visit, which goes faster, is stored no more often than a lived one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from edge_agent.actions import VisitEvent
from edge_agent.errors import OutboxError
from edge_agent.open_visits import OpenVisits, Progress
from edge_agent.timeline import Happening, TimePassed
from edge_agent.visit_session import VisitSession


@dataclass
class Keeping:
    """Keeps one visit's journal: what people do at once, what is observed every so many seconds.

    Each time waits for the disk, and wears it.
    """

    visits: OpenVisits
    visit: str
    every_s: float
    now_s: Callable[[], float] = time.monotonic
    _kept_s: float = 0.0
    _failing: bool = False

    def after(self, happening: Happening, session: VisitSession) -> None:
        """Store what is new, where it is time."""
        is_news = isinstance(happening, VisitEvent) and not isinstance(happening, TimePassed)
        if is_news or self.now_s() - self._kept_s >= self.every_s:
            self.keep(session)

    def keep(self, session: VisitSession) -> None:
        """Store what is new. A disk that takes nothing ends no visit: it is told once, and tried again."""
        lines = session.journal.unkept
        self._kept_s = self.now_s()
        if not lines:
            return
        try:
            self.visits.keep(self.visit, lines, Progress(session.now_ms, session.heard_ms, session.models))
        except OutboxError as error:
            self._tell(error)
            return
        session.journal.mark_kept()
        self._failing = False

    def _tell(self, error: OutboxError) -> None:
        if not self._failing:
            structlog.get_logger().error("journal_not_kept", visit=self.visit, reason=str(error))
        self._failing = True
