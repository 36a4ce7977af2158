"""What a screen may see of past visits: those of whoever has just shown who they are, and nobody else's."""

from collections.abc import Mapping

from msgspec import Struct

from edge_agent.past_visits import KeptVisit
from visit_record.vocabulary import IdentityMethod


class ReaderView(Struct, frozen=True):
    """Who has shown who they are, and how."""

    caregiver: str
    name: str
    shown_by: IdentityMethod


class DoorView(Struct, frozen=True):
    """Somebody who may show by their PIN who they are."""

    caregiver: str
    name: str


class PastView(Struct, frozen=True):
    """``visits`` are the reader's, newest first; without a reader there are none, and ``doors`` lead in.

    ``names`` is what the screen calls the recipients of these visits, by their ids.
    """

    reader: ReaderView | None
    visits: tuple[KeptVisit, ...] = ()
    names: Mapping[str, str] = {}
    doors: tuple[DoorView, ...] = ()

    def named(self, visit: str) -> KeptVisit | None:
        """One of the visits."""
        return next((one for one in self.visits if one.said.visit == visit), None)
