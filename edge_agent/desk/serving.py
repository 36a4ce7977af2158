"""One visit after another, as people come to the desk."""

from collections.abc import Callable, Sequence

import structlog

from edge_agent.desk.live_desk import LiveDesk
from edge_agent.errors import VisitStateError
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.witness import SealedVisit, Witness


def serve(desk: LiveDesk, witness: Witness, sensors: Callable[[], Sequence[Sensor[Reading]]]) -> None:
    """Witness visits until the desk is closed; ``sensors`` gives those of the next visit, unopened.

    Raises:
        OutboxError: a record could not be stored.
        RefusedError: a record is one that no server would take.
    """
    while not desk.closed:
        visit = _visit(desk, witness, sensors())
        if visit is not None:
            desk.sealed(visit)


def _visit(desk: LiveDesk, witness: Witness, sensors: Sequence[Sensor[Reading]]) -> SealedVisit | None:
    try:
        visit = witness.witness(sensors, desk.people())
    except VisitStateError:
        # The desk was closed before anybody came.
        return None
    for refused in visit.refused_actions:
        structlog.get_logger().info("action_refused", action=refused)
    return visit
