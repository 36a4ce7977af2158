"""PINs and supervisors' codes: kept as scrypt hashes (RFC 7914), so that the file which holds them tells none."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final

# 16 MB and some 60 ms on a Raspberry Pi 4: a pause that nobody notices at a door, and that a million guesses do.
_COST, _BLOCK, _LANES = 2**14, 8, 1
_SALT_BYTES: Final = 16
_KIND: Final = "scrypt"
LEAST_DIGITS: Final = 4


def hashed(code: str, salt: bytes) -> str:
    """What is kept of a code; ``salt`` is 16 random bytes.

    Raises:
        ValueError: the code is shorter than four characters, or the salt is of another length.
    """
    if len(code) < LEAST_DIGITS or len(salt) != _SALT_BYTES:
        raise ValueError(f"a code has at least {LEAST_DIGITS} characters, and its salt {_SALT_BYTES} bytes")
    return f"{_KIND}${b64encode(salt).decode()}${b64encode(_derived(code, salt)).decode()}"


def matches(code: str, kept: str) -> bool:
    """Whether a code is the one that was hashed; what is no hash of ours matches nothing."""
    try:
        kind, salt, derived = kept.split("$")
        wanted = b64decode(derived, validate=True)
        found = _derived(code, b64decode(salt, validate=True))
    except (ValueError, NotBase64):
        return False
    return kind == _KIND and hmac.compare_digest(found, wanted)


def _derived(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)
