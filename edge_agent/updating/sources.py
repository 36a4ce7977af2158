"""Where a release comes from: a folder, such as a stick that was put in, or an address inside a closed network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from edge_agent.errors import PullError, UpdateError
from edge_agent.pulling.address import require_safe
from edge_agent.pulling.pull import FileWanted, fetch_file
from edge_agent.pulling.transport import LineBrokenError, ask
from edge_agent.system_words import why_zh
from edge_agent.updating.manifest import ReleaseFile
from edge_agent.updating.shelf import MANIFEST
from visit_record.bilingual import Words
from visit_record.jws import MAX_BYTES

PIECE_BYTES = 1 << 20


class Source(Protocol):
    """The port: whatever fails comes out as UpdateError."""

    def manifest(self) -> bytes:
        """The sealed manifest, unchecked, of at most one byte more than a manifest may have."""

    def fetch(self, file: ReleaseFile, target: Path) -> None:
        """Bring a file of the release to ``target``; whoever asked for it checks what came."""


def source_of(place: str) -> Source:
    """A folder, or an ``https://`` address.

    Raises:
        UpdateError: the address is not safe.
    """
    if "://" not in place:
        return FolderSource(Path(place))
    with _told(place):
        require_safe(place)
    return WebSource(place.rstrip("/"))


@dataclass(frozen=True)
class FolderSource:
    """A folder with ``release.jws`` and the files that it names."""

    folder: Path

    def manifest(self) -> bytes:
        """As the port says."""
        with _told(str(self.folder)), (self.folder / MANIFEST).open("rb") as file:
            return file.read(MAX_BYTES + 1)

    def fetch(self, file: ReleaseFile, target: Path) -> None:
        """As the port says; never more than the manifest's length is written."""
        with _told(str(self.folder / file.path)):
            _copy(self.folder / file.path, target, file.bytes)


@dataclass(frozen=True)
class WebSource:
    """An address under which ``release.jws`` and its files lie."""

    address: str
    silence_s: float = 30.0

    def manifest(self) -> bytes:
        """As the port says."""
        content = b""
        with _told(self.address), ask(f"{self.address}/{MANIFEST}", 0, self.silence_s) as answer:
            for piece in answer.pieces:
                content += piece
                if len(content) > MAX_BYTES:
                    break
        return content[: MAX_BYTES + 1]

    def fetch(self, file: ReleaseFile, target: Path) -> None:
        """As the port says, going on where a broken line ended."""
        address = f"{self.address}/{quote(file.path)}"
        with _told(address):
            fetch_file(address, target, FileWanted(file.sha256, file.bytes), silence_s=self.silence_s)


def _copy(origin: Path, target: Path, length: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with origin.open("rb") as given, target.open("wb") as taken:
        while length > 0 and (piece := given.read(min(PIECE_BYTES, length))):
            taken.write(piece)
            length -= len(piece)
        taken.flush()
        os.fsync(taken.fileno())


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as cause:
        raise UpdateError(
            f"cannot bring {place} here: {cause.filename or ''} {cause.strerror}",
            f"不能把 {place} 取到本机：{cause.filename or ''} {why_zh(cause)}",
            Words("核对 U 盘、地址和磁盘空间", "check the stick, the address and the room on the disk"),
        ) from cause
    except LineBrokenError as cause:
        raise UpdateError(
            f"cannot bring {place} here: {cause.why.en}",
            f"不能把 {place} 取到本机：连接中断（{cause.why.zh}）",
            Words("请再试一次", "try it again"),
        ) from cause
    except PullError as cause:
        so = cause.so
        raise UpdateError(
            f"cannot bring {place} here: {so.en}", f"不能把 {place} 取到本机：{so.zh}", cause.do
        ) from cause
