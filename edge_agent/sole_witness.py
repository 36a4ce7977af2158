"""One witness in a device's folder at a time: a second would take the first one's visit for one that was cut short."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent.errors import OutboxError
from edge_agent.identity import ENROL
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words

LOCK_FILE = "witness.lock"


@contextmanager
def sole_witness(folder: Path) -> Iterator[None]:
    """Be the only one, until the block ends or the program does, however it ends.

    Raises:
        OutboxError: another program is, or the folder cannot be written.
    """
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError as cause:
        raise OutboxError(f"there is no folder {folder}", f"没有文件夹 {folder}", ENROL) from cause
    except OSError as cause:
        raise OutboxError(
            f"cannot use the device's folder {folder}: {cause.strerror}", f"无法使用文件夹 {folder}：{why_zh(cause)}"
        ) from cause
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise OutboxError(
                f"another edge-agent witnesses in {folder}",
                f"另一个见证程序正在使用 {folder}",
                Words("先停止它", "stop it first"),
            ) from cause
        yield
    finally:
        os.close(descriptor)
