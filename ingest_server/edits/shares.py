"""Shares of visits that were edited. Pure."""

from enum import StrEnum

from msgspec import Struct


class EditorKind(StrEnum):
    """Of whom a share of edited visits is told."""

    CAREGIVER = "caregiver"
    SUPERVISOR = "supervisor"


class EditedShare(Struct, frozen=True):
    """How many visits were edited: of a caregiver's, or by a supervisor of their agency's.

    ``edited`` counts visits with an edit, ``lengthened`` those that one made longer, withdrawn or not; ``edits`` every
    edit, ``withdrawals`` those that took one back; ``share`` is ``edited`` of ``visits``.
    """

    subject: str
    agency: str
    visits: int
    share: float
    edited: int
    lengthened: int
    edits: int
    withdrawals: int


class EditedWhole(Struct, frozen=True):
    """Visits, how many of them were edited, and what share that is."""

    visits: int
    edited: int
    share: float
