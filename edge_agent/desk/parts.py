"""What a desk stands on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from edge_agent.day_orders import Orders
from edge_agent.desk.viewing import Fitted
from edge_agent.desk.wrong_codes import WrongCodes
from edge_agent.mirror import Mirror
from edge_agent.note_writing import NoteWriter
from edge_agent.outbox import Outbox
from edge_agent.witness_ports import WallClock


@dataclass(frozen=True)
class DeskParts:
    """What a desk stands on.

    ``clock`` is the monotonic clock in ms, ``wall_ms`` the wall clock at a moment of it; ``has_voice`` whether a
    caregiver's voice is enrolled; ``notes`` writes notes about past visits, which it knows; by ``mirror`` pass the
    pictures of the camera; ``unsealed`` is how many visits are over and the disk has not taken; ``clock_is_set``
    whether the wall clock can be believed now; ``wrong_codes`` are those that were typed at any door.
    """

    clock: Callable[[], int]
    wall_ms: WallClock
    zone: tzinfo
    orders: Callable[[], Orders]
    outbox: Outbox
    fitted: Fitted
    has_voice: Callable[[str], bool]
    notes: NoteWriter
    mirror: Mirror
    unsealed: Callable[[], int]
    clock_is_set: Callable[[], bool]
    wrong_codes: WrongCodes
