"""Sealing a record on the device, and opening it on the server. Pure: no I/O, no clock."""

import hashlib
import math
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from visit_record.coherence import check_times
from visit_record.errors import NotFiniteError, OversizedError
from visit_record.first_use import known
from visit_record.jws import MAX_BYTES, KeyLookup, sign, strict_json, verify
from visit_record.record import SCHEMA, VisitRecord
from visit_record.versioned import read_as

RECORD_TYPE = "visit-record+jwt"


class OpenedRecord(Struct, frozen=True):
    """A record whose signature holds: the sealed bytes, their SHA-256, the key that signed, and what they say."""

    sealed: bytes
    digest: str
    kid: str
    record: VisitRecord

    @property
    def said(self) -> VisitRecord:
        """What the bytes say, as of any link of a chain."""
        return self.record


def digest_of(sealed: bytes) -> str:
    """SHA-256 of sealed bytes, in hexadecimal: the record's name in chain, ledger and receipt."""
    return hashlib.sha256(sealed).hexdigest()


def seal(record: VisitRecord, key: Ed25519PrivateKey) -> bytes:
    """Sign a record as compact JWS.

    What :func:`open_record` would refuse is refused here, before it enters the chain.

    Raises:
        RefusedError: a value is not finite or out of bounds, times run backwards, or the record is too large.
    """
    _check_finite(record)
    _validated(msgspec.to_builtins(record))
    sealed = sign(msgspec.json.encode(record), RECORD_TYPE, key)
    if len(sealed) > MAX_BYTES:
        raise OversizedError(f"the sealed record has {len(sealed)} bytes; {MAX_BYTES} are allowed")
    return sealed


def open_record(sealed: bytes, key_of: KeyLookup) -> OpenedRecord:
    """Check sealed bytes and read them; size, form, type, algorithm, key and signature come before any content.

    Raises:
        RefusedError: its subclass says why.
    """
    kid, payload = verify(sealed, RECORD_TYPE, key_of)
    return OpenedRecord(sealed, digest_of(sealed), kid, _as_written(payload) or _validated(strict_json(payload)))


def _as_written(payload: bytes) -> VisitRecord | None:
    """The record, if these are the very bytes that :func:`seal` writes of it; ``None`` of any other.

    Such bytes name no key twice and hold no number that is none: they need no stricter reader, which takes three times
    as long.
    """
    try:
        record = msgspec.json.decode(payload, type=known(VisitRecord))
        as_written = record.schema == SCHEMA and msgspec.json.encode(record) == payload
    except (ValueError, RecursionError):
        # What is wrong with it the stricter reader says.
        return None
    if not as_written:
        return None
    check_times(record)
    return record


def _validated(content: Any) -> VisitRecord:  # noqa: ANN401 - any JSON value
    record = read_as(VisitRecord, SCHEMA, content)
    check_times(record)
    return record


def _check_finite(value: object) -> None:
    # msgspec writes NaN as null, which would turn a broken measurement into "not observed" without a trace.
    if isinstance(value, float) and not math.isfinite(value):
        raise NotFiniteError("a measured value is not a number; the perception that gave it is broken")
    if isinstance(value, Struct):
        for field in value.__struct_fields__:
            _check_finite(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            _check_finite(item)
