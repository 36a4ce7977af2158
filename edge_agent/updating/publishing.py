"""For whoever publishes: a folder of files becomes a release by the manifest that is sealed into it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from edge_agent.errors import UpdateError
from edge_agent.perception.file_hash import FileHashes
from edge_agent.system_words import RIGHTS_AND_ROOM, why_zh
from edge_agent.updating.environment import BUILD_LOCK, EDGE_LOCK, PROGRAM, WHEELS
from edge_agent.updating.manifest import (
    SCHEMA,
    Machine,
    Python,
    Release,
    ReleaseFile,
    Sequence,
    Version,
    seal_release,
)
from edge_agent.updating.shelf import MANIFEST
from edge_agent.whole_files import write_whole
from visit_record.bilingual import Words
from visit_record.errors import RefusedError

# As PEM has it (RFC 7468), of any algorithm.
_PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_LONGEST_KEY_BYTES = 1 << 20
_ASKED: Mapping[str, tuple[object, Words]] = MappingProxyType(
    {
        "sequence": (Sequence, Words("1 至 999999999 的整数", "a whole number from 1 to 999999999")),
        "version": (
            Version,
            Words(
                "1 至 32 个字母、数字和 . + -，以字母或数字开头",
                "1 to 32 letters, digits, . + and -, beginning with a letter or digit",
            ),
        ),
        "machine": (Machine, Words("处理器的名称，如 aarch64", "the processor's name, as aarch64")),
        "python": (Python, Words("两段的版本，如 3.13", "its version in two parts, as 3.13")),
    }
)


class Edition(Struct, frozen=True):
    """What a release is called, and which devices it is for."""

    sequence: int
    version: str
    machine: str
    python: str
    issued_at_ms: int


def publish(folder: Path, edition: Edition, key: Ed25519PrivateKey) -> Release:
    """Seal a manifest over every file of a folder into ``release.jws``.

    Raises:
        UpdateError: a value is out of its bounds, something that a device needs is missing, a file cannot be read, or
            there is a link or a private key among them, a file's name is none that a device would take, or there are
            too many files.
            Nothing was written.
    """
    _require_usable(edition)
    _require_whole(folder)
    try:
        files = tuple(_entry(folder, place) for place in _places(folder))
        release = Release(SCHEMA, files=files, **{name: getattr(edition, name) for name in edition.__struct_fields__})
        write_whole(folder / MANIFEST, seal_release(release, key))
    except RefusedError as cause:
        raise UpdateError(
            str(cause), f"设备不会接受 {folder} 里的文件名或这么多文件，什么都没有写；详情见英文"
        ) from cause
    except OSError as cause:
        raise UpdateError(
            f"cannot publish {folder}: {cause.filename or ''} {cause.strerror}",
            f"不能发布 {folder}：{cause.filename or ''} {why_zh(cause)}",
            RIGHTS_AND_ROOM,
        ) from cause
    return release


def _require_usable(edition: Edition) -> None:
    for name, (kind, asked) in _ASKED.items():
        value = getattr(edition, name)
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as cause:
            raise UpdateError(
                f"no device would take the {name} {value!r}, and nothing was written; give {asked.en}",
                f"--{name} {value!r} 不能用，什么都没有写；应为：{asked.zh}",
            ) from cause


def _require_whole(folder: Path) -> None:
    for name in (BUILD_LOCK, EDGE_LOCK):
        if not (folder / name).is_file():
            raise UpdateError(
                f"{folder / name} is missing; copy it from requirements/",
                f"缺少 {folder / name}；从 requirements/ 复制过来",
            )
    if len(list((folder / WHEELS).glob(PROGRAM))) != 1:
        raise UpdateError(
            f"{folder / WHEELS} must hold one {PROGRAM}; make it with `pip wheel --no-deps .`",
            f"{folder / WHEELS} 里应有一个 {PROGRAM}；用 `pip wheel --no-deps .` 生成",
        )


def _places(folder: Path) -> list[Path]:
    """Every file below the folder, but for the manifest and what begins with a dot."""
    found = sorted(place for place in folder.rglob("*") if place.is_symlink() or not place.is_dir())
    named = [place for place in found if not any(part.startswith(".") for part in place.relative_to(folder).parts)]
    return [place for place in named if place != folder / MANIFEST]


def _entry(folder: Path, place: Path) -> ReleaseFile:
    if place.is_symlink() or not place.is_file():
        raise UpdateError(
            f"{place} is no plain file; put the file itself there", f"{place} 不是普通文件；请放文件本身，不要放链接"
        )
    path = _in_unicode(place.relative_to(folder))
    _refuse_key(place)
    return ReleaseFile(path.as_posix(), FileHashes().of(place), place.stat().st_size)


def _in_unicode(path: Path) -> Path:
    try:
        str(path).encode()
    except UnicodeEncodeError as cause:
        # As whoever named it reads it, most likely; the error's own line must not fail on it again.
        shown = os.fsencode(path).decode("gb18030", "backslashreplace")
        raise UpdateError(
            f"the name of {shown} is not UTF-8, and nothing was written",
            f"文件名 {shown} 不是 UTF-8 编码（可能是 GBK），什么都没有写",
            Words("请改名，最好只用英文字母和数字", "give it a name of plain letters and digits"),
        ) from cause
    return path


def _refuse_key(place: Path) -> None:
    """Whoever fetches a release reads all of it, and a publisher's key decides what every device runs."""
    if place.stat().st_size <= _LONGEST_KEY_BYTES and _PRIVATE_KEY.search(place.read_bytes()):
        raise UpdateError(
            f"{place} holds a private key, and nothing was written",
            f"{place} 里有私钥，什么都没有写",
            Words(
                "把它移出要发布的文件夹；已经发布过的，换一个新密钥",
                "move it out of the folder; where it was published before, make a new one",
            ),
        )
