"""What was chosen on the page of consent. Pure: whatever says no wins, and what nobody answers was not asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from edge_agent.errors import Refusal
from edge_agent.kiosk.consent_texts import VERSION
from visit_record.record import Consent
from visit_record.vocabulary import Modality

_ANSWERS: Final = {"yes": True, "no": False}
_DOUBTS: Final = (Refusal.CHOOSE_FIRST, Refusal.ANSWERS_DIFFER)


@dataclass(frozen=True)
class Chosen:
    """By sense, and why that is asked once more before anything opens: ``None`` where it is clear."""

    allowed: Mapping[Modality, bool]
    doubt: Refusal | None = None

    def consents(self) -> Iterator[Consent]:
        """As a record names them."""
        return (Consent(sense, allowed, VERSION) for sense, allowed in self.allowed.items())


def so_far(form: Mapping[str, str]) -> Chosen:
    """What is chosen while nothing is decided yet; what was asked once more (the field ``doubt``) still is."""
    return Chosen(_single(form), next((doubt for doubt in _DOUBTS if doubt.value == form.get("doubt")), None))


def chosen(form: Mapping[str, str]) -> Chosen:
    """What the fields of the form say; ``all`` is the button for everything, a sense's name the choice beside it."""
    single = _single(form)
    everything = _ANSWERS.get(form.get("all", ""))
    if everything is None:
        return Chosen(single, None if single else Refusal.CHOOSE_FIRST)
    allowed = {sense: everything and single.get(sense, True) for sense in Modality}
    agree = all(answer is everything for answer in single.values())
    return Chosen(allowed, None if agree else Refusal.ANSWERS_DIFFER)


def _single(form: Mapping[str, str]) -> dict[Modality, bool]:
    return {sense: _ANSWERS[form[sense]] for sense in Modality if form.get(sense) in _ANSWERS}
