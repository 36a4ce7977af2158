"""Opening stored records: with their signature checked again, so that altered bytes are never taken for evidence."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ingest_server.errors import AlteredRecordError
from visit_record.errors import RefusedError
from visit_record.jws import KeyLookup
from visit_record.note_sealing import Opened, OpenedNote, open_sealed
from visit_record.sealing import OpenedRecord, open_record

AnyOpened = TypeVar("AnyOpened", OpenedRecord, OpenedRecord | OpenedNote)


def opened_again(sealed: bytes, digest: str, keys: Mapping[str, Ed25519PublicKey]) -> OpenedRecord:
    """The stored record of a visit, by the keys of its device.

    Raises:
        AlteredRecordError: it is no longer what was received.
    """
    return _opened(sealed, digest, keys, open_record)


def link_opened_again(sealed: bytes, digest: str, keys: Mapping[str, Ed25519PublicKey]) -> Opened:
    """Any stored link of a chain: the record of a visit, or a note.

    Raises:
        AlteredRecordError: it is no longer what was received.
    """
    return _opened(sealed, digest, keys, open_sealed)


def _opened(
    sealed: bytes, digest: str, keys: Mapping[str, Ed25519PublicKey], open_by: Callable[[bytes, KeyLookup], AnyOpened]
) -> AnyOpened:
    try:
        opened = open_by(sealed, keys.get)
    except RefusedError as cause:
        raise AlteredRecordError(f"stored record {digest} no longer opens ({cause}); restore a backup") from cause
    if opened.digest != digest:
        raise AlteredRecordError(f"stored record {digest} has other bytes now; restore it from a backup")
    return opened
