"""What a caregiver may ask for at a screen: small and frozen, without a time, which the desk's own clock gives."""

from msgspec import Struct

from visit_record.record import Consent, Identifier
from visit_record.vocabulary import ContestReason, IdentityMethod, Modality, ServiceRefusalReason


class Ask(Struct, frozen=True, tag=True):
    """Base of all."""


class Pair(Struct, frozen=True):
    """Who was asked, of whom."""

    caregiver: str
    recipient: str


class Arrive(Ask, frozen=True):
    """Check in to an order; whoever is checked in meanwhile hands over.

    ``asked`` are those who consented: an order that names others by then is none of theirs.
    """

    order: Identifier
    consents: tuple[Consent, ...]
    asked: Pair


class BeginItem(Ask, frozen=True):
    """A service item is begun."""

    item: Identifier


class FinishItem(Ask, frozen=True):
    """A service item is done."""

    item: Identifier


class TakeBackItem(Ask, frozen=True):
    """A service item was begun by a slip; nothing of that counts."""

    item: Identifier


class RefuseItem(Ask, frozen=True):
    """A service item is not given, and why; of one that was refused already, the reason is another."""

    item: Identifier
    reason: ServiceRefusalReason


class TryAgain(Ask, frozen=True):
    """Look once more at my face."""


class ShowOtherwise(Ask, frozen=True):
    """Let me show in another way who I am; ``code`` is what was typed, for the ways that have one."""

    method: IdentityMethod
    code: str = ""


class WithdrawConsent(Ask, frozen=True):
    """Take back what was allowed to a sense: caregiver or recipient, at any moment of the visit."""

    modality: Modality


class LookBack(Ask, frozen=True):
    """Let me see my past visits; ``code`` is my PIN."""

    caregiver: Identifier
    code: str


class LookAway(Ask, frozen=True):
    """I have seen enough: nobody's past visits are shown any more."""


class ReadOn(Ask, frozen=True):
    """I am still reading: what lies open stays so for a little longer."""


class Contest(Ask, frozen=True):
    """What was said of a past visit is not right, and why; ``text`` as it was typed."""

    visit: str
    reason: ContestReason
    text: str = ""


class Leave(Ask, frozen=True):
    """Check out."""


AboutThePast = LookBack | LookAway | ReadOn | Contest
