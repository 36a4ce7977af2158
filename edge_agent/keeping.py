"""Stores a visit's journal while the visit lasts, so that a power cut costs at most its last second.

A second of the program's own time: a replayed visit, which goes faster, is stored no more often than a lived one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from edge_agent.actions import VisitEvent
from edge_agent.errors import OutboxError
from edge_agent.journal import Progress
from edge_agent.open_visits import BegunVisit, OpenVisits
from edge_agent.timeline import Happening, TimePassed
from edge_agent.visit_session import VisitSession


@dataclass
class Keeping:
    """Keeps one visit: that it has begun, what people do at once, what is observed every so many seconds.

    Each time waits for the disk, and wears it. A disk that takes nothing neither keeps a caregiver from checking in nor
    ends her visit: it is told once, and tried again.
    """

    visits: OpenVisits
    begun: BegunVisit
    every_s: float
    now_s: Callable[[], float] = time.monotonic
    _kept_s: float = 0.0
    _has_begun: bool = False
    _failing: bool = False

    def begin(self) -> None:
        """Store that the visit has begun."""
        self._try(self._begin)

    def after(self, happening: Happening, session: VisitSession) -> None:
        """Store what is new, where it is time."""
        is_news = isinstance(happening, VisitEvent) and not isinstance(happening, TimePassed)
        if is_news or self.now_s() - self._kept_s >= self.every_s:
            self.keep(session)

    def keep(self, session: VisitSession) -> None:
        """Store what is new."""
        self._kept_s = self.now_s()
        if session.journal.unkept:
            self._try(lambda: self._keep(session))

    def _begin(self) -> None:
        self.visits.begin(self.begun)
        self._has_begun = True

    def _keep(self, session: VisitSession) -> None:
        if not self._has_begun:
            self._begin()
        progress = Progress(session.course.now_ms, session.sensing.heard_ms, session.sensing.models)
        self.visits.keep(self.begun.visit, session.journal.unkept, progress)
        session.journal.mark_kept()

    def _try(self, store: Callable[[], None]) -> None:
        try:
            store()
        except OutboxError as error:
            if not self._failing:
                structlog.get_logger().error("journal_not_kept", visit=self.begun.visit, reason=str(error))
            self._failing = True
        else:
            self._failing = False
