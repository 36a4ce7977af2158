"""Sealing notes on the device, and opening whatever a device sealed on the server. Pure: no I/O, no clock."""

from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from visit_record.jws import KeyLookup, sign, strict_json, typ_of, verify
from visit_record.note import NOTE_SCHEMA, VisitNote, check_note
from visit_record.sealing import OpenedRecord, digest_of, open_record
from visit_record.versioned import read_as

NOTE_TYPE: Final = "visit-note+jwt"


class OpenedNote(Struct, frozen=True):
    """A note whose signature holds: the sealed bytes, their SHA-256, the key that signed, and what they say."""

    sealed: bytes
    digest: str
    kid: str
    note: VisitNote

    @property
    def said(self) -> VisitNote:
        """What the bytes say, as of any link of a chain."""
        return self.note


Opened = OpenedRecord | OpenedNote


def seal_note(note: VisitNote, key: Ed25519PrivateKey) -> bytes:
    """Sign a note as compact JWS.

    What :func:`open_note` would refuse is refused here, before it enters the chain.

    Raises:
        RefusedError: a value is out of bounds, or the text does not read as it stands.
    """
    _validated(msgspec.to_builtins(note))
    return sign(msgspec.json.encode(note), NOTE_TYPE, key)


def open_note(sealed: bytes, key_of: KeyLookup) -> OpenedNote:
    """Check sealed bytes and read them, as :func:`visit_record.sealing.open_record` does those of a visit.

    Raises:
        RefusedError: its subclass says why.
    """
    kid, payload = verify(sealed, NOTE_TYPE, key_of)
    return OpenedNote(sealed, digest_of(sealed), kid, _validated(strict_json(payload)))


def open_sealed(sealed: bytes, key_of: KeyLookup) -> Opened:
    """Whatever a device may seal: a note where the bytes say that they are one, else the record of a visit.

    Raises:
        RefusedError: its subclass says why.
    """
    return open_note(sealed, key_of) if typ_of(sealed) == NOTE_TYPE else open_record(sealed, key_of)


def _validated(content: Any) -> VisitNote:  # noqa: ANN401 - any JSON value
    note = read_as(VisitNote, NOTE_SCHEMA, content)
    check_note(note)
    return note
