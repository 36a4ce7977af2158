"""A desk without a device behind it: shows what it is told to, and remembers what it was asked."""

import time
from dataclasses import dataclass, field

from msgspec.structs import replace

from edge_agent.desk.asks import Ask
from edge_agent.desk.view import (
    DeskView,
    ItemView,
    LookView,
    OrderView,
    PlaceView,
    SealedView,
    SenseState,
    SenseView,
    VisitView,
)
from edge_agent.errors import DeskError
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.observations import FaceFlaw
from edge_agent.perception.movements import Step
from edge_agent.service_book import Standing
from edge_agent.supervision.states import Fault
from edge_agent.visit_state import VisitState
from tests.edge_agent.stage import CHECK_IN_UTC_MS
from visit_record.vocabulary import (
    Ending,
    FixType,
    IdentityMethod,
    Modality,
    NotObservedReason,
    ServiceRefusalReason,
    SoundCue,
)

NOW_MS = CHECK_IN_UTC_MS + 600_000
ORDER = OrderView(
    "order-1", "caregiver-1", "护理员甲", "recipient-1", "老人乙", CHECK_IN_UTC_MS, 3600.0, ("feeding", "oral_care")
)
NEXT = replace(ORDER, order="order-2", caregiver="caregiver-2", caregiver_name="护理员丙", items=("feeding",))
IDLE = DeskView(1, NOW_MS, (ORDER, NEXT))
ASKED = LookView(True, Step.TURN_LEFT, 1, 3, None, FaceFlaw.DARK, 2)
UNKNOWN = LookView(False, None, 0, 3, Recognition.UNKNOWN, FaceFlaw.DARK, 2)
SENSES = (
    SenseView(Modality.FACE, SenseState.SENSING, faces=1),
    SenseView(Modality.VOICE, SenseState.WAITING),
    SenseView(Modality.SOUND, SenseState.SENSING, cue=SoundCue.WATER),
    SenseView(Modality.THERMAL, SenseState.SENSING, people=2, bed_occupied=True),
    SenseView(Modality.POSITION, SenseState.LOST, NotObservedReason.SENSOR_FAULT),
)
GIVEN_UP = replace(SENSES[4], fault=Fault.BROKEN)
VISIT = VisitView(
    order=ORDER,
    state=VisitState.IN_VISIT,
    began_ms=CHECK_IN_UTC_MS,
    elapsed_s=605,
    method=IdentityMethod.FACE,
    ways=(IdentityMethod.VOICE, IdentityMethod.PIN, IdentityMethod.SUPERVISOR_CODE),
    look=UNKNOWN,
    place=PlaceView(FixType.FIX_3D, 9, 5.0, 12.4),
    senses=SENSES,
    items=(
        ItemView("feeding", Standing.UNDER_WAY, 95, None, True),
        ItemView("oral_care", Standing.OPEN, 0, None, True),
        ItemView("medication", Standing.GIVEN, 300, None, True),
        ItemView("bathing", Standing.REFUSED, 0, ServiceRefusalReason.RECIPIENT_REFUSED, True),
    ),
)
SEALED = SealedView(ORDER, NOW_MS, 17, Ending.CHECKED_OUT, 3605, True)


def at(state: VisitState, **changes: object) -> DeskView:
    """A device with a visit in a state."""
    return replace(IDLE, visit=replace(VISIT, state=state, **changes))


VIEWS = {
    "orders": IDLE,
    "no orders": replace(IDLE, orders=()),
    "opening": replace(IDLE, opening=ORDER),
    "looking": at(VisitState.CHECKING_IN, look=ASKED),
    "not recognised": at(VisitState.IN_VISIT),
    "recognised": at(VisitState.IN_VISIT, look=replace(UNKNOWN, recognition=Recognition.EXPECTED, flaw=None)),
    "no camera": at(VisitState.IN_VISIT, look=None, place=None),
    "a covered lens": at(
        VisitState.IN_VISIT,
        senses=(SenseView(Modality.FACE, SenseState.WAITING, fault=Fault.BLACK), *SENSES[1:4], GIVEN_UP),
    ),
    "by PIN": at(VisitState.IN_VISIT, method=IdentityMethod.PIN, place=PlaceView(FixType.NONE, 0, None, None)),
    "leaving": at(VisitState.CHECKING_OUT, look=replace(ASKED, step=None, number=0)),
    "sealed": replace(IDLE, sealed=SEALED, waiting=2),
    "received": replace(IDLE, sealed=replace(SEALED, waiting=False)),
    "abandoned": replace(IDLE, sealed=replace(SEALED, ending=Ending.ABANDONED)),
    "interrupted": replace(IDLE, sealed=replace(SEALED, ending=Ending.INTERRUPTED)),
}


@dataclass
class FakeDesk:
    """Behind the port; ``refuses`` is what it answers with, ``waited`` how it was waited for.

    ``closes`` is whether the device goes down as soon as somebody waits for a change.
    """

    shown: DeskView = IDLE
    refuses: DeskError | None = None
    closes: bool = False
    asked: list[Ask] = field(default_factory=list)
    waited: list[tuple[int, float]] = field(default_factory=list)

    def view(self) -> DeskView:
        return self.shown

    def ask(self, ask: Ask) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.asked.append(ask)

    def await_change(self, version: int, timeout_s: float) -> int:
        self.waited.append((version, timeout_s))
        time.sleep(min(timeout_s, 0.02))
        self.shown = replace(self.shown, closed=self.closes)
        return self.shown.version
