"""What may be sensed: only what caregiver and recipient both allowed. Silence is not consent."""

from collections.abc import Iterable
from dataclasses import dataclass

from visit_record.record import Consent
from visit_record.vocabulary import Modality, NotObservedReason


def sensor_of(sense: Modality) -> Modality:
    """The sensor that serves a sense: one microphone serves two."""
    return Modality.SOUND if sense is Modality.VOICE else sense


@dataclass(frozen=True)
class Permissions:
    """The consents of one visit."""

    granted: frozenset[Modality]
    withheld: frozenset[Modality]

    @classmethod
    def of(cls, consents: Iterable[Consent]) -> "Permissions":
        """A sense that was both granted and withheld is withheld."""
        given = tuple(consents)
        withheld = frozenset(consent.modality for consent in given if not consent.granted)
        return cls(frozenset(consent.modality for consent in given) - withheld, withheld)

    def without(self, sense: Modality) -> "Permissions":
        """The same after a consent was taken back. Who will not be heard will not be known by their voice either."""
        gone = frozenset(one for one in Modality if one is sense or sensor_of(one) is sense)
        return Permissions(self.granted - gone, self.withheld | gone)

    def may_open(self, sensor: Modality) -> bool:
        """Whether a sensor may be opened at all: one of its senses is allowed."""
        return any(sensor_of(sense) is sensor for sense in self.granted)

    def why_not(self, sense: Modality) -> NotObservedReason | None:
        """Why a sense may not be used; ``None`` if it may."""
        if sense in self.granted:
            return None
        return NotObservedReason.CONSENT_WITHHELD if sense in self.withheld else NotObservedReason.NOT_ASKED
