"""A caregiver's note about a past visit: what the device said of it, and what she says is not right.

A document of its own in the device's chain (``docs/decisions/0031``): it names the sealed record that it is about, and
changes nothing of it. Sealed and opened by :mod:`visit_record.note_sealing`.
"""

import unicodedata
from typing import Annotated, Final, Literal

from msgspec import Meta

from visit_record.errors import InvalidRecordError
from visit_record.readable import is_readable
from visit_record.record import ChainLink, Count, Identifier, Part, Sha256Hex, ShortText, UnixS, VisitId
from visit_record.vocabulary import ContestReason, IdentityMethod

NOTE_SCHEMA: Final = "carewitness.note/1"
# Some sentences, in either language; no room for a picture or a sound.
MOST_TEXT: Final = 500
NoteText = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]


class AboutVisit(Part, frozen=True):
    """The record that a note is about: its visit, its number in the same chain, and the SHA-256 of its bytes."""

    visit: VisitId
    seq: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    digest: Sha256Hex


class VisitNote(Part, frozen=True):
    """What a caregiver wrote at the device of a past visit, ``iat`` seconds UTC; ``shown_by`` is how they were known.

    ``text`` is ``None`` where the reason says it all, which takes no keyboard.
    """

    schema: Literal["carewitness.note/1"]
    iss: Identifier
    iat: UnixS
    jti: VisitId
    swversion: ShortText
    bootcount: Count
    agency: Identifier
    chain: ChainLink
    about: AboutVisit
    caregiver: Identifier
    shown_by: IdentityMethod
    reason: ContestReason
    text: NoteText | None


def kept_text(written: str) -> str | None:
    """What was typed, as a note keeps it: one form of each character, lines as everybody ends them, no blank edges."""
    text = unicodedata.normalize("NFC", written.replace("\r\n", "\n").replace("\t", " ")).strip()
    return text or None


def check_note(note: VisitNote) -> None:
    """Refuse a note that does not read as it stands, says nothing, or is of what its chain does not have yet.

    Raises:
        InvalidRecordError: naming the first of these.
    """
    if note.text is None and note.reason is ContestReason.OTHER:
        raise InvalidRecordError("a note whose reason is another one says it in words")
    if note.text is not None and kept_text(note.text) != note.text:
        raise InvalidRecordError("the text is not as a note keeps it: NFC, no blank edges, lines ended alike")
    if note.text is not None and not is_readable(note.text, lines=True):
        raise InvalidRecordError("the text has control characters, or marks that turn the direction of writing")
    if note.about.seq >= note.chain.seq:
        raise InvalidRecordError(f"number {note.chain.seq} is about number {note.about.seq}, which comes after it")
