"""One visit after another, as people come to the desk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import structlog

from edge_agent.actions import CheckIn, VisitEvent
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.errors import VisitStateError
from edge_agent.ports import Sensor
from edge_agent.pulse import Pulse
from edge_agent.readings import Reading
from edge_agent.witness import SealedVisit, Witness


def serve(desk: LiveDesk, witness: Witness, sensors: Callable[[], Sequence[Sensor[Reading]]], pulse: Pulse) -> None:
    """Witness visits until the desk is closed; ``sensors`` gives those of the next visit, unopened.

    Raises:
        OutboxError: a record could not be stored.
        RefusedError: a record is one that no server would take.
    """
    while not desk.closed:
        visit = _visit(desk, witness, sensors(), pulse)
        if visit is not None:
            desk.sealed(visit)


def _visit(desk: LiveDesk, witness: Witness, sensors: Sequence[Sensor[Reading]], pulse: Pulse) -> SealedVisit | None:
    with ExitStack() as under_way:
        try:
            visit = witness.witness(sensors, _people(desk, pulse, under_way), lambda _at_ms: pulse.beat())
        except VisitStateError:
            # The desk was closed before anybody came.
            return None
    for refused in visit.refused_actions:
        structlog.get_logger().info("action_refused", action=refused)
    return visit


def _people(desk: LiveDesk, pulse: Pulse, under_way: ExitStack) -> Iterator[VisitEvent]:
    """The same, and from check-in on a visit is under way that no update may cut."""
    for event in desk.people(pulse.beat):
        if isinstance(event, CheckIn):
            under_way.enter_context(pulse.visit())
        yield event
