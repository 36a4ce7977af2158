"""What has arrived of a file so far, beside the place where it will be; kept when the line breaks."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent.disk_reserve import NO_ROOM
from edge_agent.errors import PullError
from edge_agent.system_words import why_zh
from edge_agent.whole_files import sync_folder


class PartFile:
    """Bytes of one file, in order. Its name holds the hash that is awaited: parts of two versions never mix."""

    def __init__(self, target: Path, sha256: str, descriptor: int) -> None:
        self._target, self._sha256, self._descriptor = target, sha256, descriptor
        self.length = os.fstat(descriptor).st_size

    @classmethod
    @contextmanager
    def open(cls, target: Path, sha256: str) -> Iterator["PartFile"]:
        """The part, empty where nothing has arrived yet, for one program at a time.

        Raises:
            PullError: the folder cannot be written, the disk is full, or another program is fetching this file.
        """
        with _told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(part_path(target, sha256), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                _lock(descriptor, target)
                yield cls(target, sha256, descriptor)
            finally:
                if os.fstat(descriptor).st_size == 0:
                    part_path(target, sha256).unlink(missing_ok=True)
                os.close(descriptor)

    def append(self, piece: bytes) -> None:
        """Take the next bytes."""
        os.lseek(self._descriptor, self.length, os.SEEK_SET)
        while piece:
            written = os.write(self._descriptor, piece)
            self.length += written
            piece = piece[written:]

    def begin_anew(self) -> None:
        """Forget what has arrived."""
        if self.length:
            os.ftruncate(self._descriptor, 0)
        self.length = 0

    def discard(self) -> None:
        """Remove it."""
        part_path(self._target, self._sha256).unlink(missing_ok=True)

    def digest(self) -> str:
        """SHA-256 of what has arrived, read back from the disk."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def put_in_place(self) -> None:
        """Make it the file itself, in one step that a power cut cannot halve."""
        os.fsync(self._descriptor)
        part_path(self._target, self._sha256).replace(self._target)
        sync_folder(self._target.parent)


def part_path(target: Path, sha256: str) -> Path:
    """Where the part of a file lies."""
    return target.with_name(f"{target.name}.{sha256}.part")


def _lock(descriptor: int, target: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as cause:
        raise PullError(
            f"{target.name} is being fetched by another program already; wait for it",
            f"另一个程序正在下载 {target.name}；请等它结束",
        ) from cause


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """What the disk or its rights refuse, in a line that says what to do."""
    try:
        yield
    except OSError as cause:
        if cause.errno in NO_ROOM:
            raise PullError(
                f"no room for {target.name} in {target.parent}: {cause.strerror}; make room and run it again, "
                "it goes on from what has arrived",
                f"{target.parent} 里放不下 {target.name}：{why_zh(cause)}；腾出空间再运行，会接着已收到的部分下载",
            ) from cause
        raise PullError(
            f"cannot write {target.name} in {target.parent}: {cause.strerror}; "
            "run it as the user whom the folder belongs to",
            f"{target.parent} 里写不进 {target.name}：{why_zh(cause)}；请以该文件夹的所有者运行",
        ) from cause
