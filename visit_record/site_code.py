"""Where a device belongs, as its administrator shows it: what ``site.env`` says, and the keys that it is to trust.

Nothing in it is secret, and nothing of it is signed: a device has nobody to trust before it has read one, and takes it
from whoever stands before it with the right to enrol it (``docs/decisions/0035``).
"""

import re
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from visit_record.broker import LAST_PORT
from visit_record.errors import InvalidCodeError
from visit_record.first_use import known
from visit_record.record import IDENTIFIER


class SiteName(StrEnum):
    """The lines of ``site.env``. Others would reach the environment of programs that read the file, and are refused."""

    DEVICE = "DEVICE"
    AGENCY = "AGENCY"
    BROKER_HOST = "BROKER_HOST"
    BROKER_PORT = "BROKER_PORT"
    TIME_SERVERS = "TIME_SERVERS"
    LATITUDE = "LATITUDE"
    LONGITUDE = "LONGITUDE"
    CAMERA = "CAMERA"
    MICROPHONE = "MICROPHONE"
    THERMAL = "THERMAL"
    POSITION = "POSITION"
    CONTACT_LINE = "CONTACT_LINE"
    ACCELEROMETER = "ACCELEROMETER"
    UPDATES_FROM = "CAREWITNESS_UPDATES_FROM"


# As carewitness-enrol has them: what is written here ends up in settings of other programs.
_VALUE: Final = re.compile(r"[A-Za-z0-9._:/ -]{0,200}")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_LATITUDE: Final = re.compile(r"-?(([0-9]|[1-8][0-9])(\.[0-9]+)?|90(\.0+)?)")
_LONGITUDE: Final = re.compile(r"-?(([0-9]|[1-9][0-9]|1[0-7][0-9])(\.[0-9]+)?|180(\.0+)?)")
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
        raise InvalidCodeError(f"not a site's code of this version: {cause}") from cause
    _check_site(code.site)
    return code


def _check_site(site: dict[SiteName, str]) -> None:
    for name, value in site.items():
        if not _VALUE.fullmatch(value):
            raise InvalidCodeError(f"{name} may have up to 200 letters, digits, spaces and . _ : / - alone")
    # They are names of files and topics, too.
    for name in (SiteName.DEVICE, SiteName.AGENCY):
        if not IDENTIFIER.fullmatch(site.get(name, "")):
            raise InvalidCodeError(
                f"{name} must be 1 to 64 letters, digits, dots, dashes, and begin with one of the first two"
            )
    if not site.get(SiteName.BROKER_HOST):
        raise InvalidCodeError(f"{SiteName.BROKER_HOST} is not named")
    port = site.get(SiteName.BROKER_PORT)
    if port and not (_PORT.fullmatch(port) and int(port) <= LAST_PORT):
        raise InvalidCodeError(f"{SiteName.BROKER_PORT} must be 1 to {LAST_PORT}, and not begin with 0")
    _check_place(site.get(SiteName.LATITUDE, ""), site.get(SiteName.LONGITUDE, ""))


def _check_place(latitude: str, longitude: str) -> None:
    if (latitude or longitude) and not (_LATITUDE.fullmatch(latitude) and _LONGITUDE.fullmatch(longitude)):
        raise InvalidCodeError(
            f"{SiteName.LATITUDE} and {SiteName.LONGITUDE} must be decimal degrees, up to 90 and 180, or both be empty"
        )
