"""What a rule is asked of, and what it finds."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.seen import Seen
from ingest_server.scoring.verdict import RaisedException
from visit_record.record import VisitRecord
from visit_record.vocabulary import Typology


class Asked(Struct, frozen=True, gc=False):
    """One visit: its record with the senses read, and what was measured of it by evidence id."""

    seen: Seen
    measured: Mapping[str, Measured]

    @property
    def record(self) -> VisitRecord:
        """The record itself."""
        return self.seen.record


class Found(Struct, frozen=True):
    """Something that a question found: its figure, and the words of the wire that it is about, if any."""

    value: float | None = None
    about: tuple[str, ...] = ()


class Finding(Struct, frozen=True):
    """A rule that found something: the exception that it raises, and what it weighs in decibans by typology."""

    raised: RaisedException
    decibans: Mapping[Typology, float]


class Question(Protocol):
    """One kind of question, with its parameters; what it could not observe it does not find."""

    def ask(self, asked: Asked) -> Found | None:
        """What is found in a visit, or ``None``."""
        ...
