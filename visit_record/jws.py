"""Compact JWS with EdDSA (RFC 7515, RFC 8037), and nothing else of JOSE.

One algorithm, one serialisation, no key material in headers: most of JOSE's history of forgeries needs the rest.
Pure: bytes in, bytes or structs out.
"""

import binascii
import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from visit_record.errors import (
    CriticalHeaderError,
    DuplicateKeyError,
    MalformedError,
    NotFiniteError,
    OversizedError,
    SignatureInvalidError,
    UnknownKeyError,
    WrongAlgorithmError,
    WrongTypeError,
)
from visit_record.first_use import known
from visit_record.keys import thumbprint

MAX_BYTES = 64 * 1024

KeyLookup = Callable[[str], Ed25519PublicKey | None]


class Header(Struct, frozen=True):
    """The protected header; members that RFC 7515 tells a reader to ignore are ignored."""

    alg: str
    typ: str
    kid: str
    crit: list[str] | None = None


def sign(payload: bytes, typ: str, key: Ed25519PrivateKey) -> bytes:
    """Sign a payload under the key's thumbprint."""
    header = {"alg": "EdDSA", "typ": typ, "kid": thumbprint(key.public_key())}
    signed = _encode(msgspec.json.encode(header)) + b"." + _encode(payload)
    return signed + b"." + _encode(key.sign(signed))


def typ_of(token: bytes) -> str:
    """What a token says that it is. Nothing is checked yet: it only tells as what to verify it.

    Raises:
        RefusedError: it is no token.
    """
    _check_size(token)
    return _header(_split(token)[0]).typ


def verify(token: bytes, typ: str, key_of: KeyLookup) -> tuple[str, bytes]:
    """The ``kid`` and payload of a token, if it is of type ``typ`` and its signature holds.

    Raises:
        RefusedError: its subclass says why.
    """
    _check_size(token)
    header_part, payload_part, signature_part = _split(token)
    header = _header(header_part)
    _check_header(header, typ)
    key = key_of(header.kid)
    if key is None:
        raise UnknownKeyError(f"no enrolled device has the key {header.kid[:64]!r}; enrol it or find who sends this")
    try:
        key.verify(_decode(signature_part), header_part + b"." + payload_part)
    except InvalidSignature as cause:
        raise SignatureInvalidError("the signature is not of these bytes; they were altered on the way") from cause
    return header.kid, _decode(payload_part)


def strict_json(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """JSON that every reader reads alike (RFC 8259, 4, 6, 8): UTF-8, no key twice, no NaN, nothing beyond a double.

    Raises:
        MalformedError: or its subclass that says why.
    """
    try:
        text = content.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text:
            # RFC 8259, 8.2: an escaped lone surrogate is no character, and nothing further on could write it again.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as cause:
        raise MalformedError(f"not JSON: {cause}") from cause
    return value


def _check_size(token: bytes) -> None:
    if len(token) > MAX_BYTES:
        raise OversizedError(f"{len(token)} bytes; a document may have {MAX_BYTES}")


def _split(token: bytes) -> tuple[bytes, bytes, bytes]:
    parts = token.split(b".")
    if len(parts) != 3:
        raise MalformedError(f"a compact JWS has 3 parts, these bytes have {len(parts)}")
    return parts[0], parts[1], parts[2]


def _header(part: bytes) -> Header:
    try:
        return msgspec.convert(strict_json(_decode(part)), known(Header))
    except msgspec.ValidationError as cause:
        raise MalformedError(f"the JWS header is not ours: {cause}") from cause


def _check_header(header: Header, typ: str) -> None:
    if header.alg != "EdDSA":  # RFC 8725, 3.1: never let the token choose the algorithm.
        raise WrongAlgorithmError(f"alg is {header.alg[:32]!r}; only EdDSA is accepted")
    if header.typ != typ:  # RFC 8725, 3.11: a receipt must never pass for a record.
        raise WrongTypeError(f"typ is {header.typ[:64]!r}; here only {typ!r} is accepted")
    if header.crit is not None:
        raise CriticalHeaderError("crit names extensions; none is known, upgrade this program if they are wanted")


def _encode(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")


def _decode(part: bytes) -> bytes:
    try:
        content = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as cause:
        raise MalformedError(f"not base64url: {cause}") from cause
    # Python's decoder skips foreign characters and ignores spare bits: two texts would then carry one signature.
    if _encode(content) != part:
        raise MalformedError("not canonical base64url")
    return content


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise DuplicateKeyError("a JSON object names a key twice; the sender's encoder is broken or hostile")
    return unique


def _no_constant(name: str) -> float:
    raise NotFiniteError(f"{name} is not a number that JSON has; the device's perception is broken")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotFiniteError(f"{digits[:32]} is larger than a double")
    return value
