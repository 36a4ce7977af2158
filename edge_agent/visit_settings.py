"""How a visit is lived: when the camera is looked at, and what bounds it has."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from edge_agent.perception.movements import Step
from edge_agent.section import Positive, Section
from visit_record.record import PlannedOrder

# Beyond what was ordered; care that takes longer is rarer than a check-out that was forgotten.
OVERTIME_S: Final = 7_200.0


class CheckSettings(Section, frozen=True):
    """When the camera is looked at. At all other times its pictures are dropped unseen."""

    check_in_s: Positive = 12.0
    """Seconds after check-in."""

    during_every_s: Positive = 900.0
    """Seconds from one look during the visit to the next."""

    during_s: Positive = 6.0
    """Seconds that a look during the visit takes."""

    check_out_s: Positive = 12.0
    """Seconds after check-out."""

    settle_s: Positive = 2.0
    """Seconds of a check in which the face is seen at rest, before the first movement is asked for."""

    asks: tuple[Step, ...] = tuple(Step)
    """Movements that may be asked for; leave out what the people here cannot make. Empty asks for nothing."""

    frame_interval_ms: Annotated[int, Meta(ge=1)] = 200
    """Milliseconds between two pictures that are looked at, at least."""


class VisitSettings(Section, frozen=True):
    """Bounds of a visit."""

    forgotten_after_s: Positive = 14_400.0
    """Seconds until a visit without check-out counts as abandoned; two hours beyond its order, where that is longer."""

    kept_every_s: Positive = 1.0
    """Seconds after which what was observed is stored, at most: as much as a power cut costs."""

    def of_order(self, order: PlannedOrder | None) -> "VisitSettings":
        """Those of a visit for which so much was ordered."""
        planned_s = order.planned_duration_s if order else 0.0
        return msgspec.structs.replace(self, forgotten_after_s=max(self.forgotten_after_s, planned_s + OVERTIME_S))
