"""One visit after another, as people come to the desk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import structlog

from edge_agent.actions import CheckIn, VisitEvent
from edge_agent.consent import sensor_of
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.errors import VisitStateError
from edge_agent.ports import Sensor
from edge_agent.pulse import Pulse
from edge_agent.readings import Reading
from edge_agent.witness import SealedVisit, Witness
from visit_record.record import Consent
from visit_record.vocabulary import IdentityMethod, Modality


def serve(desk: LiveDesk, witness: Witness, sensors: Callable[[], Sequence[Sensor[Reading]]], pulse: Pulse) -> None:
    """Witness visits until the desk is closed; ``sensors`` gives those of the next visit, unopened.

    First what they need is loaded: who comes meanwhile is let in after that, and then has the whole time of a check.

    Raises:
        OutboxError: a record could not be stored.
        RefusedError: a record is one that no server would take.
    """
    witness.load(_whoever_comes(sensors()))
    pulse.beat()
    while not desk.closed:
        visit = _visit(desk, witness, sensors(), pulse)
        if visit is not None:
            desk.sealed(visit)


def _whoever_comes(sensors: Sequence[Sensor[Reading]]) -> CheckIn:
    """Somebody who allows whatever is fitted."""
    fitted = {one.modality for one in sensors}
    consents = tuple(Consent(sense, sensor_of(sense) in fitted, "") for sense in Modality)
    return CheckIn(0, "", "", None, consents, IdentityMethod.FACE)


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
