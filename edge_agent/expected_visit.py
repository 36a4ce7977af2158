"""A visit that is about to be lived without a kiosk: who comes, to whom, and what was consented to, from TOML."""

from pathlib import Path

from edge_agent.actions import CheckIn
from edge_agent.replay import Enrolled, RecordedOrder, check_items
from edge_agent.section import Section
from edge_agent.toml_file import read_toml
from visit_record.record import Consent, Identifier, ShortText
from visit_record.vocabulary import IdentityMethod, Modality


class ExpectedVisit(Section, frozen=True):
    """One visit."""

    caregiver: Identifier
    """Who comes."""

    recipient: Identifier
    """To whom."""

    granted: tuple[Modality, ...]
    """Senses that both consented to; what is not named is withheld."""

    consent_text: ShortText
    """Version of the text that was consented to."""

    method: IdentityMethod = IdentityMethod.FACE
    """The way in that the caregiver uses."""

    order: RecordedOrder | None = None
    """What was ordered."""

    enrolled: tuple[Enrolled, ...] = ()
    """Who is on the roster, with pictures and recordings beside the file."""

    def check_in(self, at_ms: int) -> CheckIn:
        """The caregiver checks in now."""
        consents = tuple(Consent(sense, sense in self.granted, self.consent_text) for sense in Modality)
        planned = self.order.planned if self.order else None
        return CheckIn(at_ms, self.caregiver, self.recipient, planned, consents, self.method)


def read_expected_visit(path: Path) -> ExpectedVisit:
    """Read the description of a visit.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, a value out of its bounds, or an item that the
            catalogue does not have.
    """
    visit = read_toml(path, ExpectedVisit)
    check_items(path, visit.order.items if visit.order else ())
    return visit
