"""Where releases stand on a device: a folder each, and three links that say which is which.

current     what runs, and what a restart starts
proven      the last one that was seen healthy; while the two differ, current is on trial
previous    the one that was proven before, for a person who wants to go back
failed/     a name for each release that was taken back: it is not tried again by itself
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from edge_agent.errors import UpdateError
from edge_agent.system_words import RIGHTS_AND_ROOM, why_zh
from edge_agent.whole_files import alone_in, sync_folder

MANIFEST = "release.jws"


class Link(StrEnum):
    """A link of the shelf."""

    CURRENT = "current"
    PROVEN = "proven"
    PREVIOUS = "previous"


@dataclass(frozen=True)
class Shelf:
    """The folder of releases."""

    root: Path

    def name(self, link: Link) -> str | None:
        """The release that a link points to; ``None`` before there is one.

        Raises:
            UpdateError: it is no link of ours.
        """
        place = self.root / link
        if not place.is_symlink():
            return None
        name = str(place.readlink())
        if sequence_of(name) is None:
            raise UpdateError(
                f"{place} points to {name!r}, which is no release; point it to a folder beside it",
                f"{place} 指向 {name!r}，那不是版本；请让它指向旁边的一个版本文件夹",
            )
        return name

    def folder(self, name: str) -> Path:
        """Where a release lies, or would lie."""
        return self.root / name

    def part(self, name: str) -> Path:
        """Where a release is put together."""
        return self.root / f".{name}.part"

    def holds(self, name: str) -> bool:
        """Whether a release is here with all its files."""
        return (self.folder(name) / MANIFEST).is_file()

    def names(self) -> list[str]:
        """The releases that are here whole, the highest last."""
        found = [place.name for place in self.root.iterdir() if sequence_of(place.name) and self.holds(place.name)]
        return sorted(found, key=_rank)

    def failed(self) -> list[str]:
        """The releases that were taken back."""
        folder = self.root / "failed"
        return sorted((place.name for place in folder.iterdir()), key=_rank) if folder.is_dir() else []

    def highest(self) -> int:
        """The highest sequence that ran or was taken back here, 0 before the first: below it lies a downgrade."""
        ran = [name for link in Link if (name := self.name(link)) is not None]
        return max((_rank(name) for name in [*ran, *self.failed()]), default=0)

    def point(self, link: Link, name: str) -> None:
        """Let a link point to a release, in one step that a power cut cannot halve."""
        fresh = self.root / f".{link}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(name)
        fresh.replace(self.root / link)
        sync_folder(self.root)

    def mark_failed(self, name: str) -> None:
        """Remember that a release was taken back."""
        (self.root / "failed").mkdir(exist_ok=True)
        (self.root / "failed" / name).touch()
        sync_folder(self.root / "failed")

    def clear(self, keep: str) -> None:
        """Remove what no link points to but ``keep``: a card has room for few."""
        kept = {keep, *(self.name(link) for link in Link)}
        for place in self.root.iterdir():
            stale = place.name.startswith(".") and place.name.endswith(".part") and place != self.part(keep)
            if stale or (sequence_of(place.name) is not None and place.name not in kept):
                shutil.rmtree(place)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The shelf for one program at a time; what the disk refuses is an UpdateError."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with alone_in(self.root, wait=False):
                yield
        except BlockingIOError as cause:
            raise UpdateError("another update is under way; wait for it", "另一次更新正在进行；请等它结束") from cause
        except OSError as cause:
            raise UpdateError(
                f"the releases at {self.root}: {cause.filename or ''} {cause.strerror}",
                f"版本文件夹 {self.root}：{cause.filename or ''} {why_zh(cause)}",
                RIGHTS_AND_ROOM,
            ) from cause


def sequence_of(name: str) -> int | None:
    """The sequence that a folder's name begins with; ``None`` if it is no release's name."""
    digits, dash, version = name.partition("-")
    ours = digits.isascii() and digits.isdecimal() and dash and version and "/" not in name
    return int(digits) if ours and digits == str(int(digits)) else None


def _rank(name: str) -> int:
    return sequence_of(name) or 0
