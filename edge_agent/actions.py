"""What people do at the kiosk, as small frozen events; ``at_ms`` is the monotonic clock."""

from msgspec import Struct

from visit_record.record import Consent, Identifier, PlannedOrder
from visit_record.vocabulary import IdentityMethod, Modality, ServiceRefusalReason


class VisitEvent(Struct, frozen=True, tag=True):
    """Something that may move a visit on. Events are journalled."""

    at_ms: int


class Action(VisitEvent, frozen=True):
    """Base of all that people do."""


class CheckIn(Action, frozen=True):
    """The caregiver says who they are, to whom they came and what both consented to."""

    caregiver: Identifier
    recipient: Identifier
    order: PlannedOrder | None
    consents: tuple[Consent, ...]
    method: IdentityMethod


class ItemStarted(Action, frozen=True):
    """A service item is begun."""

    item: Identifier


class ItemFinished(Action, frozen=True):
    """A service item is done."""

    item: Identifier


class ItemTakenBack(Action, frozen=True):
    """A service item was begun by a slip: nothing was given since."""

    item: Identifier


class ItemRefused(Action, frozen=True):
    """A planned service item is not given, and why."""

    item: Identifier
    reason: ServiceRefusalReason


class LookAgain(Action, frozen=True):
    """The camera is to look once more at whoever checked in."""


class OtherWayIn(Action, frozen=True):
    """The caregiver has shown in another way than by their face who they are."""

    method: IdentityMethod


class HandOver(Action, frozen=True):
    """Another takes over in the same room: for whoever was there until now the visit is over."""

    caregiver: Identifier


class CheckOut(Action, frozen=True):
    """The caregiver goes."""


class ConsentWithdrawn(Action, frozen=True):
    """Caregiver or recipient take back what they had allowed; what was observed until now stays."""

    modality: Modality


class CodeRefused(Action, frozen=True):
    """A code that was typed for another way in is not the one that is kept; the visit goes on as it was."""

    method: IdentityMethod


AnyAction = (
    CheckIn
    | ItemStarted
    | ItemFinished
    | ItemTakenBack
    | ItemRefused
    | LookAgain
    | OtherWayIn
    | HandOver
    | CheckOut
    | ConsentWithdrawn
    | CodeRefused
)
