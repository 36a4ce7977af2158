"""The seams of the witness: what it is given to live visits with, and who looks on."""

from collections.abc import Callable, Generator, Iterable, Sequence

from edge_agent.actions import CheckIn, VisitEvent
from edge_agent.consent import Permissions
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.senses import Senses
from edge_agent.timeline import Happening
from edge_agent.visit_session import VisitSession

# UTC milliseconds of the wall clock, read at a moment of the monotonic clock. Read at check-in and at the end only.
WallClock = Callable[[int], int]

# Opens the senses that consent allows; the wall clock's time of a monotonic moment is anchored at check-in.
SensesMaker = Callable[[CheckIn, Permissions, WallClock], Senses]

# Brings people's events and the opened sensors' readings into one order, from a monotonic moment on. Closing it lets
# go of the sensors.
Gather = Callable[[Iterable[VisitEvent], Sequence[Sensor[Reading]], int], Generator[Happening, None, None]]

# Is shown the visit after everything that happened, in the witness's own thread; what it keeps it copies.
Onlooker = Callable[[VisitSession], None]


def nobody(_session: VisitSession) -> None:
    """No screen is there to be shown anything."""
