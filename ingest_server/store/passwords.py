"""Passwords: which may be chosen, how they are kept, and those that are to be changed at once."""

import secrets
from functools import cache
from typing import Final, NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ingest_server.errors import RefusedChangeError

# What is kept of a password: a type of its own, so that nobody hands a password where its hash is wanted.
PasswordHash = NewType("PasswordHash", str)
LEAST_PASSWORD: Final = 10
# Hashing takes as long as its input is large; nobody types more than this.
MOST_PASSWORD: Final = 512
# Without what is taken for something else when it is read from paper or said on the telephone: 0 o, 1 l i.
_SYMBOLS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def check_password(password: str) -> None:
    """Refuse what nobody should choose, or could not type.

    Raises:
        RefusedChangeError: it is too short or too long, or has characters that cannot be typed.
    """
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise RefusedChangeError(
            f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters",
            f"密码须为 {LEAST_PASSWORD} 至 {MOST_PASSWORD} 个字符",
        )
    if not password.isprintable():
        raise RefusedChangeError(
            "a password has characters that can be typed, in UTF-8; these bytes are not", "密码含有无法输入的字符"
        )


def one_time_password() -> str:
    """A password to be told once and changed at once: some 79 random bits, easy to read aloud."""
    groups = ("".join(secrets.choice(_SYMBOLS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(password: str) -> PasswordHash:
    """What is kept of a password (argon2id). It takes long by design, so never while the store is being written.

    Raises:
        RefusedChangeError: nobody should choose such a password, or could type it.
    """
    check_password(password)
    return PasswordHash(PasswordHasher().hash(password))


def fits(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one; without a hash no password is, which is found out in the same time."""
    try:
        known = PasswordHasher().verify(password_hash or _decoy_hash(), password[: MOST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False
    return known and password_hash is not None


@cache
def _decoy_hash() -> str:
    return PasswordHasher().hash("nobody has this password")
