"""What the EVV export holds, told to whoever reads it: its fields, and what the codes in them are called."""

from enum import StrEnum
from itertools import chain
from typing import Final

from msgspec import Struct

from ingest_server.edits.codes import ActionTaken, Reason
from ingest_server.edits.edit import Mark
from ingest_server.evv.fields import DESCRIBED, SHARES_DESCRIBED, Described
from ingest_server.scoring.verdict import Band
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.vocabulary import ExceptionClass, ExceptionCode

# By the field that holds them.
_CODES: Final[tuple[tuple[str, tuple[type[StrEnum], ...]], ...]] = (
    ("band", (Band,)),
    ("exceptions", (ExceptionCode, ExceptionClass)),
    ("edits", (Reason, ActionTaken, Mark)),
)


class Code(Struct, frozen=True):
    """A code, the field that holds it, and what it is called."""

    field: str
    code: str
    means: Words


class FieldsAnswer(Struct, frozen=True):
    """The fields of the export in its order, those of the shares of edited visits, and the codes.

    A text names fields and codes between backticks.
    """

    fields: tuple[Described, ...]
    share_fields: tuple[Described, ...]
    codes: tuple[Code, ...]


def fields_answer() -> FieldsAnswer:
    """Everything that is known of them."""
    codes = (Code(field, one.value, said(one)) for field, kinds in _CODES for one in chain.from_iterable(kinds))
    return FieldsAnswer(DESCRIBED, SHARES_DESCRIBED, tuple(codes))
