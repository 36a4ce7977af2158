"""What a program that starts anew finds of visits that were cut, and makes of them."""

from edge_agent.left_open import LeftOpen
from edge_agent.open_visits import CutVisit
from edge_agent.outbox import Outbox, WaitingRecord
from edge_agent.recovery import seal_cut_visits as seal_all
from edge_agent.sealer import Sealer
from edge_agent.witness import Witness

RELEASE = "a release"


def cut_visits(outbox: Outbox) -> list[CutVisit]:
    """Every visit that was begun and never sealed, the first one first."""
    return [outbox.visits.cut(visit) for visit in outbox.visits.unsealed(RELEASE)]


def seal_cut_visits(witness: Witness, release: str = RELEASE, *, sealer: Sealer | None = None) -> list[WaitingRecord]:
    """Their records, as far as a release could seal them; the witness's own sealer does, unless another is given."""
    sealed: list[WaitingRecord] = []
    left_open = LeftOpen(witness.outbox.visits, release)
    seal_all(sealer or witness.sealer, witness.boot, left_open, sealed.append)
    return sealed
