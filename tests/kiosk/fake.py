"""A desk without a device behind it: shows what it is told to, and remembers what it was asked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from edge_agent.desk.asks import Ask
from edge_agent.desk.past_view import DoorView, PastView, ReaderView
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
from edge_agent.errors import DeskError, Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.observations import FaceFlaw
from edge_agent.past_visit import PastLook, PastPlace, PastRoom, PastVisit
from edge_agent.past_visits import Delivery, KeptNote, KeptVisit
from edge_agent.perception.movements import Step
from edge_agent.readings import CameraFrame
from edge_agent.service_book import Standing
from edge_agent.visit_state import VisitState
from tests.edge_agent.stage import CHECK_IN_UTC_MS
from tests.visit_record.test_notes import a_note
from visit_record.fitted import Fault
from visit_record.note import AboutVisit
from visit_record.record import Coverage, IntegrityEvent, RefusedService, ServiceClaim
from visit_record.vocabulary import (
    CheckMoment,
    Ending,
    FixType,
    IdentityMethod,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    PlaceCue,
    ServiceRefusalReason,
    SoundCue,
)

NOW_MS = CHECK_IN_UTC_MS + 600_000
ORDER = OrderView(
    "order-1", "caregiver-1", "护理员甲", "recipient-1", "老人乙", CHECK_IN_UTC_MS, 3600.0, ("feeding", "oral_care")
)
NEXT = replace(ORDER, order="order-2", caregiver="caregiver-2", caregiver_name="护理员丙", items=("feeding",))
IDLE = DeskView(1, NOW_MS, (ORDER, NEXT))
ASKED = LookView(True, Step.TURN_LEFT, 1, 3, None, FaceFlaw.DARK, 2, mirrored=True)
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
SEALED = SealedView(ORDER, 1_000, 17, Ending.CHECKED_OUT, 3605, True)


def at(state: VisitState, **changes: object) -> DeskView:
    """A device with a visit in a state."""
    return replace(IDLE, visit=replace(VISIT, state=state, **changes))


VIEWS = {
    "orders": IDLE,
    "many orders": replace(IDLE, orders=(ORDER, *(replace(NEXT, order=f"order-{n}") for n in range(2, 8)))),
    "no orders": replace(IDLE, orders=()),
    "a disk that takes nothing": replace(IDLE, unsealed=2, waiting=3),
    "a clock that is not set": replace(IDLE, clock_is_set=False),
    "no orders and a clock that is not set": replace(IDLE, orders=(), clock_is_set=False),
    "an order that was cut short": replace(IDLE, orders=(replace(ORDER, seq=17, ending=Ending.INTERRUPTED),)),
    "opening": replace(IDLE, opening=ORDER),
    "turned away": replace(IDLE, turned_away=Refusal.UNKNOWN_ORDER),
    "turned away after a colleague": replace(IDLE, sealed=SEALED, turned_away=Refusal.UNKNOWN_ORDER),
    "looking": at(VisitState.CHECKING_IN, look=ASKED),
    "looking, nearer": at(
        VisitState.CHECKING_IN,
        look=replace(ASKED, step=Step.NEARER, number=2, flaw=None),
        place=PlaceView(FixType.FIX_3D, 11, 4.0, 9.2),
    ),
    "looking without a mirror": at(VisitState.CHECKING_IN, look=replace(ASKED, mirrored=False)),
    "not recognised": at(VisitState.IN_VISIT),
    "recognised": at(VisitState.IN_VISIT, look=replace(UNKNOWN, recognition=Recognition.EXPECTED, flaw=None)),
    "no camera": at(VisitState.IN_VISIT, look=None, place=None),
    "recognised, and the camera closed": at(VisitState.IN_VISIT, look=None, was_recognised=True),
    "a covered lens": at(
        VisitState.IN_VISIT,
        senses=(SenseView(Modality.FACE, SenseState.WAITING, fault=Fault.BLACK), *SENSES[1:4], GIVEN_UP),
    ),
    "by PIN": at(VisitState.IN_VISIT, method=IdentityMethod.PIN, place=PlaceView(FixType.NONE, 0, None, None)),
    "nothing allowed": at(
        VisitState.IN_VISIT,
        look=None,
        place=None,
        senses=tuple(SenseView(one, SenseState.UNUSED, NotObservedReason.CONSENT_WITHHELD) for one in Modality),
    ),
    "leaving": at(VisitState.CHECKING_OUT, look=replace(ASKED, step=None, number=0)),
    "sealed": replace(IDLE, sealed=SEALED, waiting=2),
    "received": replace(IDLE, sealed=replace(SEALED, waiting=False)),
    "abandoned": replace(IDLE, sealed=replace(SEALED, ending=Ending.ABANDONED)),
    "interrupted": replace(IDLE, sealed=replace(SEALED, ending=Ending.INTERRUPTED)),
}


PAST_VISIT = "019b8c5c-3f00-7000-8000-000000000001"
SAID = PastVisit(
    visit=PAST_VISIT,
    seq=16,
    digest="ab" * 32,
    caregiver="caregiver-1",
    recipient="recipient-1",
    check_in_ms=CHECK_IN_UTC_MS - 86_400_000,
    check_out_ms=CHECK_IN_UTC_MS - 82_800_000,
    duration_s=3600.0,
    ending=Ending.CHECKED_OUT,
    checked_in_by=IdentityMethod.FACE,
    claimed=(ServiceClaim("feeding", CHECK_IN_UTC_MS - 86_000_000, 1200.0),),
    refused=(RefusedService("bathing", ServiceRefusalReason.RECIPIENT_REFUSED),),
    events=(IntegrityEvent(IntegrityKind.CAMERA_COVERED, CHECK_IN_UTC_MS - 85_000_000, Modality.FACE),),
    coverage=(
        Coverage(Modality.FACE, 0.5, NotObservedReason.SENSOR_FAULT),
        Coverage(Modality.VOICE, 0.0, NotObservedReason.CONSENT_WITHHELD),
        Coverage(Modality.THERMAL, 1.0, None),
    ),
    arrival=PastPlace(12.4, None),
    departure=PastPlace(None, NotObservedReason.NO_SATELLITES),
    place_cues=(PlaceCue.POSITION_JUMP,),
    looks=(
        PastLook(CheckMoment.CHECK_IN, CHECK_IN_UTC_MS - 86_400_000, Recognition.EXPECTED, True, None),
        PastLook(
            CheckMoment.CHECK_OUT, CHECK_IN_UTC_MS - 82_800_000, Recognition.UNKNOWN, False, LivenessMethod.CHALLENGE
        ),
    ),
    room=PastRoom(2, 2400.0, 1500.0, 900.0),
    heard=((SoundCue.WATER, 600.0), (SoundCue.TABLEWARE, 300.0)),
)
NOTE = replace(a_note(), about=AboutVisit(PAST_VISIT, 16, "ab" * 32), iat=NOW_MS // 1000, text="It was dark.")
BARE = replace(
    SAID,
    visit=PAST_VISIT[:-1] + "2",
    seq=15,
    ending=Ending.INTERRUPTED,
    claimed=(),
    refused=(),
    events=(),
    looks=(),
    room=None,
    heard=(),
    arrival=PastPlace(None, None),
    place_cues=(),
)
OPENED = PastView(
    ReaderView("caregiver-1", "护理员甲", IdentityMethod.PIN),
    (
        KeptVisit(
            SAID,
            Delivery.WAITING,
            (KeptNote(NOTE, Delivery.WAITING), KeptNote(replace(NOTE, text=None), Delivery.LOST)),
        ),
        KeptVisit(BARE, Delivery.RECEIVED, ()),
    ),
    {"recipient-1": "老人乙"},
)
SHUT = PastView(None, doors=(DoorView("caregiver-1", "护理员甲"), DoorView("caregiver-2", "护理员丙")))


@dataclass
class FakeDesk:
    """Behind the port; ``refuses`` is what it answers with, ``waited`` how it was waited for.

    ``unreadable`` is what it says where past visits cannot be read, ``closes`` whether the device goes down as soon as
    somebody waits for a change. ``sees`` is what its camera gives while somebody is looked at.
    """

    shown: DeskView = IDLE
    refuses: DeskError | None = None
    unreadable: DeskError | None = None
    closes: bool = False
    looking_back: PastView = SHUT
    sees: Callable[[], CameraFrame | None] = lambda: None
    asked: list[Ask] = field(default_factory=list)
    waited: list[tuple[int, float]] = field(default_factory=list)

    def view(self) -> DeskView:
        return self.shown

    def past(self) -> PastView:
        if self.unreadable is not None:
            raise self.unreadable
        return self.looking_back

    def mirror(self) -> CameraFrame | None:
        visit = self.shown.visit
        if visit is None or visit.look is None or not visit.look.mirrored:
            raise DeskError(Refusal.NOT_NOW)
        return self.sees()

    def ask(self, ask: Ask) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.asked.append(ask)

    def await_change(self, version: int, timeout_s: float) -> int:
        self.waited.append((version, timeout_s))
        time.sleep(min(timeout_s, 0.02))
        self.shown = replace(self.shown, closed=self.closes)
        return self.shown.version
