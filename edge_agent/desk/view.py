"""What a screen may see of a device: typed, immutable, without picture, sound or template."""

from enum import StrEnum

from msgspec import Struct

from edge_agent.errors import Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.observations import FaceFlaw
from edge_agent.perception.movements import Step
from edge_agent.service_book import Standing
from edge_agent.visit_state import VisitState
from visit_record.fitted import Fault
from visit_record.vocabulary import (
    Ending,
    FixType,
    IdentityMethod,
    Modality,
    NotObservedReason,
    ServiceRefusalReason,
    SoundCue,
)


class OrderView(Struct, frozen=True):
    """An order, with what the screen calls its people.

    ``seq`` is the record that was sealed for it last, if one was, and ``ending`` how that visit ended.
    """

    order: str
    caregiver: str
    caregiver_name: str
    recipient: str
    recipient_name: str
    planned_start_ms: int
    planned_duration_s: float
    items: tuple[str, ...]
    seq: int | None = None
    ending: Ending | None = None


class SenseState(StrEnum):
    """Whether a sense is at work."""

    UNUSED = "unused"
    LOST = "lost"
    WAITING = "waiting"
    SENSING = "sensing"


class SenseView(Struct, frozen=True):
    """What a sense says now; ``reason`` is why it says nothing. ``None`` is what it did not tell.

    ``fault`` is what is wrong with its sensor: of one that was not given up, it waits until that is over.
    """

    modality: Modality
    state: SenseState
    reason: NotObservedReason | None = None
    faces: int | None = None
    cue: SoundCue | None = None
    people: int | None = None
    bed_occupied: bool | None = None
    fix: FixType | None = None
    fault: Fault | None = None

    @property
    def is_used(self) -> bool:
        """Whether it senses, or will as soon as there is something to sense."""
        return self.state in {SenseState.WAITING, SenseState.SENSING}


class PlaceView(Struct, frozen=True):
    """What the receiver says now; ``distance_m`` is from the home, where that is known.

    ``satellites`` are those used, ``None`` where they are not told, and where a fix by none contradicts itself.
    """

    fix: FixType
    satellites: int | None
    accuracy_m: float | None
    distance_m: float | None


class LookView(Struct, frozen=True):
    """The latest look at whoever checks in or out.

    ``step`` is asked for now, the ``number``-th of ``steps``; ``None`` is to look at the camera. ``recognition`` is
    ``None`` until a face was looked at; ``mirrored`` is whether a screen may show what the camera sees.
    """

    looking: bool
    step: Step | None
    number: int
    steps: int
    recognition: Recognition | None
    flaw: FaceFlaw | None
    looks_left: int
    mirrored: bool = False


class ItemView(Struct, frozen=True):
    """How a service item stands; ``given_s`` is for how long it was given until now."""

    item: str
    standing: Standing
    given_s: int
    reason: ServiceRefusalReason | None
    ordered: bool


class VisitView(Struct, frozen=True):
    """The visit that is under way.

    ``look`` is ``None`` where the camera is not used; ``was_recognised`` then says whether it was, at check-in, and
    recognised the caregiver.
    """

    order: OrderView
    state: VisitState
    began_ms: int
    elapsed_s: int
    method: IdentityMethod
    ways: tuple[IdentityMethod, ...]
    look: LookView | None
    place: PlaceView | None
    senses: tuple[SenseView, ...]
    items: tuple[ItemView, ...]
    was_recognised: bool = False


class SealedView(Struct, frozen=True):
    """The visit that was sealed last; ``waiting`` is until the server's receipt comes.

    ``ago_ms`` is since when, by the monotonic clock: the wall clock is set just after a start, and would hide it.
    """

    order: OrderView
    ago_ms: int
    seq: int
    ending: Ending
    duration_s: int
    waiting: bool


class DeskView(Struct, frozen=True):
    """The device at one moment, UTC milliseconds.

    ``opening`` is an order that was checked in to and whose senses are not open yet, ``turned_away`` why nothing came
    of such a check-in a moment ago; ``waiting`` how many records have no receipt, ``unsealed`` how many visits are over
    and could not be stored yet; ``version`` grows with every change. ``closed`` is for good: the program ends. Where
    the clock is not set, ``now_ms`` may be anything, and ``orders`` are of every day.
    """

    version: int
    now_ms: int
    orders: tuple[OrderView, ...]
    opening: OrderView | None = None
    turned_away: Refusal | None = None
    visit: VisitView | None = None
    sealed: SealedView | None = None
    waiting: int = 0
    unsealed: int = 0
    closed: bool = False
    clock_is_set: bool = True
