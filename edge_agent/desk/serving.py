"""One visit after another, as people come to the desk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import structlog

from edge_agent.actions import CheckIn, VisitEvent
from edge_agent.consent import sensor_of
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.desk.view import VisitView
from edge_agent.ended_visit import EndedVisit
from edge_agent.errors import NobodyCameError
from edge_agent.left_open import LeftOpen
from edge_agent.ports import Sensor
from edge_agent.pulse import Pulse
from edge_agent.readings import Reading
from edge_agent.witness import Witness
from visit_record.record import Consent
from visit_record.vocabulary import IdentityMethod, Modality


@dataclass(frozen=True)
class Serving:
    """Witnesses what people do at a desk.

    First what they need is loaded: who comes meanwhile is let in after that, and then has the whole time of a check.
    ``sensors`` gives those of the next visit, unopened; ``lived`` is called again and again, in visits and between
    them. A visit that the disk does not take is ``left_open``, and keeps nobody from the next one.
    """

    desk: LiveDesk
    witness: Witness
    sensors: Callable[[], Sequence[Sensor[Reading]]]
    pulse: Pulse
    left_open: LeftOpen
    lived: Callable[[], None]

    def serve(self) -> None:
        """Witness visits until the desk is closed.

        Raises:
            VisitStateError: a visit went as none can; what was stored of it is sealed at the next start.
            DamagedOutboxError: the outbox must be mended, which is done at the next start.
        """
        self.witness.load(_whoever_comes(self.sensors()))
        self.pulse.beat()
        while not self.desk.closed:
            self._visit()
        self.left_open.try_again()

    def _visit(self) -> None:
        with ExitStack() as under_way:
            try:
                ended = self.witness.live(self.sensors(), self._people(under_way), lambda _at_ms: self.lived())
            except NobodyCameError:
                # The desk was closed before anybody came.
                return
            for refused in ended.refused_actions:
                structlog.get_logger().info("action_refused", action=refused.en)
            self.left_open.add(ended.visit, partial(self._seal, ended, self.desk.shown()))
            self.desk.ended()

    def _seal(self, ended: EndedVisit, shown: VisitView | None) -> None:
        self.desk.sealed(shown, self.witness.seal(ended).record)

    def _people(self, under_way: ExitStack) -> Iterator[VisitEvent]:
        """What they do, and from check-in on a visit is under way that no update may cut."""
        for event in self.desk.people(self.lived):
            if isinstance(event, CheckIn):
                under_way.enter_context(self.pulse.visit())
            yield event


def _whoever_comes(sensors: Sequence[Sensor[Reading]]) -> CheckIn:
    """Somebody who allows whatever is fitted."""
    fitted = {one.modality for one in sensors}
    consents = tuple(Consent(sense, sensor_of(sense) in fitted, "") for sense in Modality)
    return CheckIn(0, "", "", None, consents, IdentityMethod.FACE)
