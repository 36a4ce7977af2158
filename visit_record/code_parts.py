"""A document that is shown to a camera: in parts, each of them one QR code, read in any order.

A part is ``CW1:KIND:NUMBER:COUNT:CHECKSUM:CONTENT``, in characters of the alphanumeric mode of QR codes (ISO/IEC 18004,
7.3.4), since decoders agree on no encoding of bytes. The checksum is of kind and whole document, so that parts of two
documents never join; both it and the content are base32 (RFC 4648, 6) without padding. A checksum is no signature:
whoever can show codes can make them (``docs/decisions/0035``).
"""

import hashlib
import re
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from msgspec import Struct

from visit_record.bilingual import Words
from visit_record.errors import DamagedCodeError, ForeignCodeError, InvalidCodeError, OtherVersionError

VERSION: Final = "CW1"
MOST_PARTS: Final = 40
# Of the longest code that a camera of 640 by 480 pixels reads at arm's length.
MOST_PART_BYTES: Final = 250
SHOW_IT_ANEW: Final = Words("请对方用与本机相同的版本重新显示", "have it shown anew, by the version that is here")
_SHOW_IT_AGAIN: Final = Words("请再显示一次", "have it shown again")
_CHECKSUM_BYTES: Final = 10
_FINGERPRINT_DIGITS: Final = 24
_OF_ANY_VERSION: Final = re.compile(r"CW[0-9]{1,3}:")
_PART: Final = re.compile(
    rf"{VERSION}:([A-Z]{{1,16}}):([0-9]{{1,2}}):([0-9]{{1,2}}):([A-Z2-7]{{16}}):([A-Z2-7]{{1,400}})"
)


class CodeKind(StrEnum):
    """What a code says."""

    SITE = "SITE"
    """Where a device belongs, from its administrator: :mod:`visit_record.site_code`."""

    REQUEST = "REQUEST"
    """Who a device is, for its administrator: :mod:`visit_record.request_code`."""


class CodePart(Struct, frozen=True):
    """Part ``number`` of ``count``, from one on, of the document with this checksum."""

    kind: CodeKind
    number: int
    count: int
    checksum: str
    content: bytes

    @property
    def text(self) -> str:
        """What the QR code holds."""
        return f"{VERSION}:{self.kind}:{self.number}:{self.count}:{self.checksum}:{_base32(self.content)}"


def split(kind: CodeKind, document: bytes, part_bytes: int) -> tuple[CodePart, ...]:
    """A document in parts of so many bytes, the last of what is left.

    Raises:
        InvalidCodeError: it is empty, or would be more parts than anybody shows to a camera.
    """
    pieces = [document[start : start + part_bytes] for start in range(0, len(document), part_bytes)]
    if not 0 < len(pieces) <= MOST_PARTS:
        raise InvalidCodeError(
            f"{len(document)} bytes are {len(pieces)} codes; 1 to {MOST_PARTS} are shown",
            f"{len(document)} 字节要 {len(pieces)} 个码；只能显示 1 至 {MOST_PARTS} 个",
            Words("请少带一张证书", "leave a certificate out"),
        )
    checksum = _checksum(kind, document)
    return tuple(CodePart(kind, number, len(pieces), checksum, piece) for number, piece in enumerate(pieces, start=1))


def read_part(text: str) -> CodePart:
    """The part that a QR code holds.

    Raises:
        ForeignCodeError: the code is none of ours.
        OtherVersionError: it is of another version.
        DamagedCodeError: it is ours, and is no part.
    """
    if not _OF_ANY_VERSION.match(text):
        raise ForeignCodeError("the code is not of this system", "不是本系统的码")
    if not text.startswith(f"{VERSION}:"):
        version = text.partition(":")[0]
        raise OtherVersionError(
            f"the code is of version {version}, this program reads {VERSION}",
            f"码的版本是 {version}，本程序读 {VERSION}",
            SHOW_IT_ANEW,
        )
    found = _PART.fullmatch(text)
    if found is None or found[1] not in list(CodeKind):
        raise _damaged("the code is cut short, or of a kind that this program does not know", "码不全，或种类不认识")
    number, count = int(found[2]), int(found[3])
    if not 1 <= number <= count <= MOST_PARTS:
        raise _damaged(f"the code says that it is part {number} of {count}", f"码自称是 {count} 个中的第 {number} 个")
    return CodePart(CodeKind(found[1]), number, count, found[4], _content(found[5]))


def join(parts: Collection[CodePart]) -> bytes:
    """The document of all its parts, in whatever order.

    Raises:
        DamagedCodeError: parts are missing, doubled or of several documents, or do not make up what the checksum says.
    """
    whole = sorted(parts, key=lambda part: part.number)
    if len({(part.kind, part.count, part.checksum) for part in whole}) != 1:
        raise _damaged("these are parts of several codes, or of none", "这些码不是同一份的，或一个也没有")
    if [part.number for part in whole] != list(range(1, whole[0].count + 1)):
        count = whole[0].count
        raise _damaged(f"these are not the {count} parts of a code, each once", f"不是一份的 {count} 个码各一个")
    document = b"".join(part.content for part in whole)
    if _checksum(whole[0].kind, document) != whole[0].checksum:
        raise _damaged("the parts do not make up what their checksum says", "各码合起来与校验值不符")
    return document


def fingerprint(document: bytes) -> str:
    """A document in six groups of four digits, for two people to compare: 80 bits of its SHA-256.

    A device's key by itself has one too: that of its 32 bytes.
    """
    digits = f"{int.from_bytes(hashlib.sha256(document).digest()) % 10**_FINGERPRINT_DIGITS:0{_FINGERPRINT_DIGITS}}"
    return " ".join(digits[start : start + 4] for start in range(0, _FINGERPRINT_DIGITS, 4))


def _damaged(en: str, zh: str) -> DamagedCodeError:
    return DamagedCodeError(en, zh, _SHOW_IT_AGAIN)


def _checksum(kind: CodeKind, document: bytes) -> str:
    return _base32(hashlib.sha256(f"{VERSION}:{kind}:".encode() + document).digest()[:_CHECKSUM_BYTES])


def _base32(content: bytes) -> str:
    return b32encode(content).decode().rstrip("=")


def _content(text: str) -> bytes:
    try:
        content = b32decode(text + "=" * (-len(text) % 8))
    except NotBase32 as cause:
        raise _damaged("the code holds what is no base32", "码的内容不是 base32") from cause
    # Base32 has several spellings of the same bytes; one part has one.
    if _base32(content) != text or len(content) > MOST_PART_BYTES:
        raise _damaged("the code holds what no part of ours does", "码的内容不是本系统写的")
    return content
