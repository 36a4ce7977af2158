"""Where a device belongs, as its administrator shows it: what ``site.env`` says, and the keys that it is to trust.

Nothing in it is secret, and nothing of it is signed: a device has nobody to trust before it has read one, and takes it
from whoever stands before it with the right to enrol it (``docs/decisions/0035``).
"""

from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from visit_record.code_parts import SHOW_IT_ANEW
from visit_record.errors import InvalidCodeError
from visit_record.first_use import known
from visit_record.site_lines import SiteName, check_lines

Ed25519Bytes = Annotated[bytes, Meta(min_length=32, max_length=32)]
Der = Annotated[bytes, Meta(min_length=1, max_length=3_000)]
Chain = Annotated[tuple[Der, ...], Meta(max_length=3)]


class SiteCode(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``site`` as ``site.env``; the server's raw public key; X.509 certificates as DER, where there are some."""

    site: dict[SiteName, str]
    server_key: Ed25519Bytes
    authority: Chain = ()
    certificate: Chain = ()


def pack_site(code: SiteCode) -> bytes:
    """The code as one document.

    Raises:
        InvalidCodeError: a value is outside its bounds.
    """
    document = msgspec.msgpack.encode(code)
    unpack_site(document)
    return document


def unpack_site(document: bytes) -> SiteCode:
    """Read a document that was joined from its parts.

    Raises:
        InvalidCodeError: a name is not known, a value is missing or outside its bounds.
    """
    try:
        code = msgspec.msgpack.decode(document, type=known(SiteCode))
        Ed25519PublicKey.from_public_bytes(code.server_key)
    except (msgspec.DecodeError, ValueError) as cause:
        raise InvalidCodeError(
            f"not a site's code of this version: {cause}", "不是本版本的登记码", SHOW_IT_ANEW
        ) from cause
    check_lines(code.site)
    return code
