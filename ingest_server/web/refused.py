"""A change that was refused, as a page or a problem document tells it."""

from ingest_server.errors import CaseError, ChangedMeanwhileError, ConflictingChangeError, RefusedChangeError
from ingest_server.words.bilingual import Words

Refused = CaseError | RefusedChangeError


def refused_as(refused: Refused | None) -> Words | None:
    """What is said of a refusal."""
    return None if refused is None else Words(*refused.said)


def status_of(refused: Refused | None) -> int:
    """With which status is answered: 409 where somebody else was first."""
    if refused is None:
        return 200
    return 409 if isinstance(refused, (ChangedMeanwhileError, ConflictingChangeError)) else 400
