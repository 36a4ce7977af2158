"""Something that people do and that was refused, as a page or a problem document tells it."""

from ingest_server.errors import SaidError
from ingest_server.words.bilingual import Words


def refused_as(refused: SaidError | None) -> Words | None:
    """What is said of a refusal."""
    return None if refused is None else Words(*refused.said)


def status_of(refused: SaidError | None) -> int:
    """With which status is answered: 409 where somebody else was first."""
    if refused is None:
        return 200
    return 409 if refused.came_second else 400
