"""Small files that a power cut cannot halve, and folders that one program changes at a time. Any OSError passes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER_ALONE = 0o600
# Before the moment at which it was done, UTC milliseconds.
DAMAGED = ".damaged-"


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """The old content or the new, never half of either, whenever the power goes; durable when it returns.

    A name that a power cut left behind is taken over. ``mode`` is of the new file, less the umask.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Delete a file, should it be there; durable when it returns."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def set_aside(path: Path, now_ms: int) -> Path | None:
    """Keep a damaged file under another name, where there is one; durable when it returns."""
    aside = path.with_name(f"{path.name}{DAMAGED}{now_ms:015d}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    sync_folder(path.parent)
    return aside


def sync_folder(folder: Path) -> None:
    """What was made, renamed or deleted in a folder survives a power cut from here on."""
    with _opened(folder) as descriptor:
        os.fsync(descriptor)


@contextmanager
def alone_in(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """One program at a time, among those that ask for it so.

    Raises:
        BlockingIOError: another one is, and nobody is to ``wait`` for it.
    """
    with _opened(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def is_held(folder: Path) -> bool:
    """Whether a program is alone in a folder now; one that is not there is nobody's."""
    try:
        with alone_in(folder, wait=False):
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
