"""Who this device is: a folder with its key, its names, its boot count and the one server key that it trusts.

device.pem        the Ed25519 key, made here and never sent anywhere
identity.json     device, agency and ueid, as enrolled
server.jwk.json   the server's public key, pinned; receipts by any other key are refused
boot_count        how often this device has started
"""

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from edge_agent.errors import IdentityError
from edge_agent.whole_files import alone_in, sync_folder, write_whole
from visit_record.errors import KeyFileError
from visit_record.first_use import known
from visit_record.keys import key_from_jwk, load_key, public_jwk, store_new_key
from visit_record.record import Identifier, ShortText

KEY_FILE = "device.pem"
NAMES_FILE = "identity.json"
SERVER_KEY_FILE = "server.jwk.json"
RECORDS = ("outbox.db", "outbox.head.json")
BOOT_COUNT_FILE = "boot_count"
# A start a second for thirty years; a longer number is a damaged file.
_LONGEST_BOOT_COUNT = 9


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """What a device is called. ``ueid`` is EAT's, type RAND (RFC 9711, 4.2.1)."""

    device: Identifier
    agency: Identifier
    ueid: ShortText


class EnrolmentRequest(Struct, frozen=True):
    """What an administrator gives the server so that it knows the device."""

    device: str
    agency: str
    ueid: str
    jwk: dict[str, str]


@dataclass(frozen=True)
class Identity:
    """An enrolled device. ``server_key`` is ``None`` until one is pinned: such a device seals, but sends no record."""

    names: Names
    key: Ed25519PrivateKey
    server_key: Ed25519PublicKey | None
    boot_count: int

    @property
    def enrolment_request(self) -> EnrolmentRequest:
        """The public side of this identity."""
        names = self.names
        return EnrolmentRequest(names.device, names.agency, names.ueid, public_jwk(self.key.public_key()))


def create_identity(folder: Path, device: str, agency: str, entropy: Callable[[int], bytes] = os.urandom) -> Identity:
    """Make a new device's folder: a fresh key, and a ueid of 16 bytes of ``entropy``.

    The key comes last: a folder without one is no identity yet, and is made anew after a power cut.

    Raises:
        IdentityError: a name is not an identifier, the folder cannot be written, or an identity is there already.
    """
    # RFC 9711, 4.2.1.1: type byte 0x01 (RAND), then 128 bits or more of randomness.
    ueid = urlsafe_b64encode(b"\x01" + entropy(16)).rstrip(b"=").decode()
    names = _checked(msgspec.json.encode(Names(device, agency, ueid)), "the given names")
    with _locked(folder, make=True):
        if (folder / KEY_FILE).exists():
            raise IdentityError(f"no new identity is made: {folder / KEY_FILE} is there already")
        _refuse_anothers_records(folder)
        write_whole(folder / NAMES_FILE, msgspec.json.encode(names))
        write_whole(folder / BOOT_COUNT_FILE, b"0")
        key = _store_key(folder / KEY_FILE)
    return Identity(names, key, _server_key(folder / SERVER_KEY_FILE), 0)


def enrolled_as(folder: Path, device: str, agency: str) -> Identity:
    """The identity under these names: made where there is none, and the same one again where there is.

    Whoever asked may have lost power before the answer was kept.

    Raises:
        IdentityError: as :func:`create_identity`, or the folder is another device's.
    """
    if not (folder / KEY_FILE).exists():
        return create_identity(folder, device, agency)
    identity = open_identity(folder)
    if (identity.names.device, identity.names.agency) != (device, agency):
        raise IdentityError(
            f"no new identity is made: {folder} is {identity.names.device} of {identity.names.agency}; a key signs one "
            "device's records alone, so give another folder"
        )
    return identity


def _refuse_anothers_records(folder: Path) -> None:
    """Under a new key they would never be sent, and a new chain would hide that they are missing."""
    for name in RECORDS:
        if (folder / name).exists():
            raise IdentityError(
                f"no new identity is made: {folder / name} is of a device whose key is gone; restore {KEY_FILE} from "
                "its backup, or give an empty folder"
            )


def open_identity(folder: Path) -> Identity:
    """Read an identity, without counting a start.

    Raises:
        IdentityError: something is missing or unreadable.
    """
    try:
        key = load_key(folder / KEY_FILE)
    except KeyFileError as cause:
        raise IdentityError(f"{cause}; make an identity with `edge-agent enrol`") from cause
    return Identity(_names(folder), key, _server_key(folder / SERVER_KEY_FILE), _boot_count(folder))


def start(folder: Path) -> Identity:
    """Read an identity and count this start, durably, before anything is sealed under the new count.

    Raises:
        IdentityError: something is missing, unreadable or cannot be written.
    """
    with _locked(folder, make=False):
        write_whole(folder / BOOT_COUNT_FILE, str(_boot_count(folder) + 1).encode())
    return open_identity(folder)


def pin_server_key(folder: Path, key: Ed25519PublicKey) -> None:
    """Trust the receipts of this key, and of no other.

    Raises:
        IdentityError: the folder cannot be written.
    """
    with _locked(folder, make=False):
        write_whole(folder / SERVER_KEY_FILE, msgspec.json.encode(public_jwk(key)))


def _checked(content: bytes, where: str) -> Names:
    try:
        return msgspec.json.decode(content, type=known(Names))
    except msgspec.MsgspecError as cause:
        raise IdentityError(f"{where}: not a device's names: {cause}") from cause


def _names(folder: Path) -> Names:
    """The names beside a key; without them the key is no identity, and ``enrol`` never makes one over a key."""
    try:
        return _checked(_content(folder / NAMES_FILE), str(folder / NAMES_FILE))
    except IdentityError as cause:
        raise IdentityError(
            f"{cause}; restore the folder {folder} from its backup, or run `edge-agent enrol` with an empty folder and "
            "enrol that device at the server (what still waits in this folder's outbox then stays there, unsent)"
        ) from cause


def read_public_key(path: Path) -> Ed25519PublicKey:
    """A public key that this device trusts, out of a JWK file.

    Raises:
        IdentityError: missing, unreadable, or no such key.
    """
    try:
        return key_from_jwk(msgspec.json.decode(_content(path), type=dict[str, str]))
    except (msgspec.MsgspecError, KeyFileError) as cause:
        raise IdentityError(f"{path} is not a trusted party's key; fetch it again: {cause}") from cause


def _server_key(path: Path) -> Ed25519PublicKey | None:
    return read_public_key(path) if path.exists() else None


def _boot_count(folder: Path) -> int:
    """How often this device has started: digits alone, since a record with any other count cannot be sealed."""
    path = folder / BOOT_COUNT_FILE
    digits = _content(path).strip()
    if not digits.isdigit() or len(digits) > _LONGEST_BOOT_COUNT:
        raise IdentityError(f"{path} holds no count of starts (0 or more); restore it from its backup")
    return int(digits)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise IdentityError(f"cannot read {path}: {cause.strerror}") from cause


@contextmanager
def _locked(folder: Path, *, make: bool) -> Iterator[None]:
    """The folder, for one process at a time; what cannot be read or written in it is an IdentityError."""
    try:
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone_in(folder):
            yield
    except OSError as cause:
        raise IdentityError(f"cannot use the identity folder {folder}: {cause.strerror}") from cause


def _store_key(path: Path) -> Ed25519PrivateKey:
    """A new key, whole under its name or not at all, and never in the place of another."""
    fresh = path.with_suffix(".new")
    # What a power cut left here was never anybody's key.
    fresh.unlink(missing_ok=True)
    try:
        key = store_new_key(fresh)
    except KeyFileError as cause:
        raise IdentityError(f"no new identity is made: {cause}") from cause
    os.link(fresh, path)
    fresh.unlink()
    sync_folder(path.parent)
    return key
