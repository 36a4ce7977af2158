"""Who a device is, as it shows itself to its administrator: what enrols it, and its request for a certificate.

Public all of it. Whoever's request is accepted is this device from then on: people compare its fingerprint
(:func:`visit_record.code_parts.fingerprint`) at both ends.
"""

from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from visit_record.code_parts import SHOW_IT_ANEW
from visit_record.errors import InvalidCodeError
from visit_record.first_use import known
from visit_record.record import Identifier, ShortText
from visit_record.site_code import Ed25519Bytes

Csr = Annotated[bytes, Meta(min_length=1, max_length=2_000)]


class RequestCode(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A device's names, its raw Ed25519 public key, and PKCS #10 as DER, where it asks for a certificate."""

    device: Identifier
    agency: Identifier
    ueid: ShortText
    key: Ed25519Bytes
    csr: Csr | None = None


def pack_request(code: RequestCode) -> bytes:
    """The code as one document."""
    return msgspec.msgpack.encode(code)


def unpack_request(document: bytes) -> RequestCode:
    """Read a document that was joined from its parts.

    Raises:
        InvalidCodeError: a value is missing or outside its bounds.
    """
    try:
        code = msgspec.msgpack.decode(document, type=known(RequestCode))
        Ed25519PublicKey.from_public_bytes(code.key)
    except (msgspec.DecodeError, ValueError) as cause:
        raise InvalidCodeError(
            f"not a device's request of this version: {cause}", "不是本版本的设备请求码", SHOW_IT_ANEW
        ) from cause
    return code
