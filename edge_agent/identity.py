"""Who this device is: a folder with its key, its names, its boot count and the one server key that it trusts.

device.pem        the Ed25519 key, made here and never sent anywhere
identity.json     device, agency and ueid, as enrolled
server.jwk.json   the server's public key, pinned; receipts by any other key are refused
boot_count        how often this device has started

Without its key and its names there is no device. Damage to one of the others costs no visit: it is told, and the device
seals as one to which no key was pinned, or under another count (:mod:`edge_agent.starts`).
"""

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from edge_agent.errors import IdentityError
from edge_agent.installed import ENROL_SCRIPT
from edge_agent.sensors.monotonic import wall_ms
from edge_agent.starts import BOOT_COUNT_FILE, RECORDS, counted_anew, starts
from edge_agent.system_words import RIGHTS_AND_ROOM, why_zh
from edge_agent.whole_files import alone_in, remove, sync_folder, write_whole
from visit_record.bilingual import Words
from visit_record.errors import KeyFileError
from visit_record.first_use import known
from visit_record.keys import key_from_jwk, load_key, public_jwk, store_new_key
from visit_record.record import Identifier, ShortText

KEY_FILE = "device.pem"
NAMES_FILE = "identity.json"
SERVER_KEY_FILE = "server.jwk.json"
# Linked to its name when it is whole; the one before it, to this.
_FRESH_KEY = "device.new"
ENROL = Words(
    f"登记设备：{ENROL_SCRIPT.zh}；在源码中：edge-agent enrol --folder … --device … --agency …",
    f"enrol it: {ENROL_SCRIPT.en}; in a source tree: edge-agent enrol --folder … --device … --agency …",
)
_RESTORE_KEY = Words(
    f"核对 {KEY_FILE} 的属主；丢失或已损坏时从备份恢复它，没有备份时用空文件夹重新登记"
    "（这个文件夹里待发的记录就发不出去了）",
    f"see whom {KEY_FILE} belongs to; if it is lost or damaged restore it from its backup, and without one enrol anew "
    "in an empty folder (what still waits in this one stays there, unsent)",
)
_PIN_AGAIN = Words(
    "重新固定服务器公钥（用它运行 sudo carewitness-enrol，或 edge-agent pin），在此之前不发送记录",
    "no record is sent until the server's key is pinned again: `sudo carewitness-enrol` with it, or `edge-agent pin`",
)
_ANOTHER_FOLDER = Words("请换一个空文件夹", "give an empty folder")
T = TypeVar("T")


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
    """An enrolled device. ``server_key`` is ``None`` until one is pinned: such a device seals, but sends no record.

    ``damaged`` says, by its name, what is wrong with a file that could not be read: no server key is trusted then
    until one is pinned again, and ``boot_count`` is 0 until the next start.
    """

    names: Names
    key: Ed25519PrivateKey
    server_key: Ed25519PublicKey | None
    boot_count: int
    damaged: Mapping[str, IdentityError] = field(default_factory=dict)

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
    names = _checked(msgspec.json.encode(Names(device, agency, ueid)), Words("给出的名称", "the given names"))
    with _locked(folder, make=True):
        if (folder / KEY_FILE).exists():
            raise IdentityError(
                f"no new identity is made: {folder / KEY_FILE} is there already",
                f"没有建立新身份：已有 {folder / KEY_FILE}",
                _ANOTHER_FOLDER,
            )
        _refuse_anothers_records(folder)
        write_whole(folder / NAMES_FILE, msgspec.json.encode(names))
        write_whole(folder / BOOT_COUNT_FILE, b"0")
        _store_key(folder / KEY_FILE)
    return open_identity(folder)


def enrolled_as(folder: Path, device: str, agency: str) -> Identity:
    """The identity under these names: made where there is none, and the same one again where there is.

    Whoever asked may have lost power before the answer was kept.

    Raises:
        IdentityError: as :func:`create_identity`, or the folder is another device's.
    """
    if not (folder / KEY_FILE).exists():
        return create_identity(folder, device, agency)
    with _locked(folder, make=False):
        _remove_unfinished(folder)
    identity = open_identity(folder)
    if (identity.names.device, identity.names.agency) != (device, agency):
        raise IdentityError(
            f"no new identity is made: {folder} is {identity.names.device} of {identity.names.agency}, and a key signs "
            "one device's records alone",
            f"没有建立新身份：{folder} 是机构 {identity.names.agency} 的设备 {identity.names.device}，"
            "一个密钥只签一台设备的记录",
            _ANOTHER_FOLDER,
        )
    return identity


def _refuse_anothers_records(folder: Path) -> None:
    """Under a new key they would never be sent, and a new chain would hide that they are missing."""
    for name in RECORDS:
        if (folder / name).exists():
            raise IdentityError(
                f"no new identity is made: {folder / name} is of a device whose key is gone",
                f"没有建立新身份：{folder / name} 属于密钥已丢失的设备",
                Words(
                    f"从备份恢复 {KEY_FILE}，或换一个空文件夹",
                    f"restore {KEY_FILE} from its backup, or give an empty folder",
                ),
            )


def open_identity(folder: Path) -> Identity:
    """Read an identity, without counting a start.

    Raises:
        IdentityError: its key or its names are missing or unreadable.
    """
    try:
        key = load_key(folder / KEY_FILE)
    except KeyFileError as cause:
        raise IdentityError(str(cause), f"没有可用的设备密钥 {folder / KEY_FILE}", _keyless(folder)) from cause
    damaged: dict[str, IdentityError] = {}
    server_key = _unless_damaged(SERVER_KEY_FILE, lambda: _server_key(folder / SERVER_KEY_FILE), damaged)
    boot_count = _unless_damaged(BOOT_COUNT_FILE, lambda: starts(folder), damaged) or 0
    return Identity(_names(folder), key, server_key, boot_count, damaged)


def _keyless(folder: Path) -> Words:
    """What helps without a key: where a device was, ``enrol`` makes none, since it never takes another's place."""
    return _RESTORE_KEY if any((folder / name).exists() for name in (KEY_FILE, *RECORDS)) else ENROL


def start(folder: Path, now_ms: Callable[[], int] = wall_ms) -> Identity:
    """Read an identity and count this start, durably, before anything is sealed under the new count.

    Raises:
        IdentityError: its key or its names are missing or unreadable, or the folder cannot be written.
    """
    with _locked(folder, make=False):
        identity = open_identity(folder)
        _remove_unfinished(folder)
        damaged, count = dict(identity.damaged), identity.boot_count
        if BOOT_COUNT_FILE in damaged:
            reason = str(damaged.pop(BOOT_COUNT_FILE))
            count = counted_anew(folder, identity.names.device, identity.key, now_ms(), reason)
        write_whole(folder / BOOT_COUNT_FILE, str(count + 1).encode())
    return replace(identity, boot_count=count + 1, damaged=damaged)


def pin_server_key(folder: Path, key: Ed25519PublicKey) -> None:
    """Trust the receipts of this key, and of no other.

    Raises:
        IdentityError: the folder cannot be written.
    """
    with _locked(folder, make=False):
        write_whole(folder / SERVER_KEY_FILE, msgspec.json.encode(public_jwk(key)))


def _checked(content: bytes, where: Words) -> Names:
    try:
        return msgspec.json.decode(content, type=known(Names))
    except msgspec.MsgspecError as cause:
        raise IdentityError(f"{where.en}: not a device's names: {cause}", f"不能作设备名称：{where.zh}") from cause


def _names(folder: Path) -> Names:
    """The names beside a key; without them the key is no identity, and ``enrol`` never makes one over a key."""
    where = str(folder / NAMES_FILE)
    try:
        return _checked(_content(folder / NAMES_FILE), Words(where, where))
    except IdentityError as cause:
        raise IdentityError(
            str(cause),
            f"设备名称 {folder / NAMES_FILE} 读不出",
            Words(
                f"从备份恢复文件夹 {folder}；没有备份时，用空文件夹重新登记（这个文件夹里待发的记录就发不出去了）",
                f"restore the folder {folder} from its backup, or enrol anew in an empty folder and "
                "enrol that device at the server (what still waits in this folder's outbox then stays there, unsent)",
            ),
        ) from cause


def read_public_key(path: Path) -> Ed25519PublicKey:
    """A public key that this device trusts, out of a JWK file.

    Raises:
        IdentityError: missing, unreadable, or no such key.
    """
    return parse_public_key(_content(path), str(path))


def parse_public_key(content: bytes, where: str) -> Ed25519PublicKey:
    """The same, of what was read ``where``.

    Raises:
        IdentityError: it is no such key.
    """
    try:
        return key_from_jwk(msgspec.json.decode(content, type=dict[str, str]))
    except (msgspec.MsgspecError, KeyFileError, UnicodeDecodeError) as cause:
        raise IdentityError(
            f"{where} is not a trusted party's key: {cause}",
            f"{where} 不是可信任的公钥",
            Words("请重新取一份", "fetch it again"),
        ) from cause


def _server_key(path: Path) -> Ed25519PublicKey | None:
    if not os.path.lexists(path):
        return None
    try:
        return read_public_key(path)
    except IdentityError as cause:
        raise IdentityError(cause.so.en, cause.so.zh, _PIN_AGAIN) from cause


def _unless_damaged(name: str, read: Callable[[], T], damaged: dict[str, IdentityError]) -> T | None:
    try:
        return read()
    except IdentityError as damage:
        damaged[name] = damage
        return None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise IdentityError(f"cannot read {path}: {cause.strerror}", f"无法读取 {path}：{why_zh(cause)}") from cause


@contextmanager
def _locked(folder: Path, *, make: bool) -> Iterator[None]:
    """The folder, for one process at a time; what cannot be read or written in it is an IdentityError."""
    try:
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone_in(folder):
            yield
    except OSError as cause:
        raise IdentityError(
            f"cannot use the identity folder {folder}: {cause.strerror}", f"无法使用文件夹 {folder}：{why_zh(cause)}"
        ) from cause


def _store_key(path: Path) -> None:
    """A new key, whole under its name or not at all, and never in the place of another."""
    _remove_unfinished(path.parent)
    fresh = path.parent / _FRESH_KEY
    try:
        store_new_key(fresh)
    except KeyFileError as cause:
        raise IdentityError(
            f"no new identity is made: {cause}",
            f"没有建立新身份：密钥存不进 {path.parent}",
            RIGHTS_AND_ROOM,
        ) from cause
    os.link(fresh, path)
    fresh.unlink()
    sync_folder(path.parent)


def _remove_unfinished(folder: Path) -> None:
    """What a power cut left of a key that was made: nobody's, or the device's own under a name that no backup omits."""
    left = [one for one in (folder / _FRESH_KEY, *folder.glob(f".{_FRESH_KEY}.*")) if os.path.lexists(one)]
    for one in left:
        remove(one)
