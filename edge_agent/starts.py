"""How often this device has started: counted up, durably, before anything is sealed under the count.

A damaged count costs no visit. What follows it is a number that no record was sealed under: the next one after the
newest record's, where that is still here; else by the clock, in steps that no device starts in on the whole.
"""

from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.errors import IdentityError, OutboxError
from edge_agent.system_words import why_zh
from edge_agent.whole_files import set_aside
from visit_record.bilingual import Words
from visit_record.errors import RefusedError
from visit_record.note_sealing import open_sealed

BOOT_COUNT_FILE = "boot_count"
RECORDS = ("outbox.db", "outbox.head.json")
# A start a second for thirty years; a longer number is a damaged file.
_LONGEST_COUNT = 9
# Nine digits until the year 2286. systemd starts a program that fails ten times in five minutes.
_STEP_MS = 10_000


def starts(folder: Path) -> int:
    """How often this device has started: digits alone, since a record with any other count cannot be sealed.

    Raises:
        IdentityError: the file is not there, cannot be read, or holds no count.
    """
    path = folder / BOOT_COUNT_FILE
    try:
        digits = path.read_bytes().strip()
    except OSError as cause:
        raise IdentityError(
            f"cannot read {path}: {cause.strerror}",
            f"无法读取 {path}：{why_zh(cause)}",
            _NEXT_START,
        ) from cause
    if not digits.isdigit() or len(digits) > _LONGEST_COUNT:
        raise IdentityError(f"{path} holds no count of starts (0 or more)", f"{path} 里没有启动次数", _NEXT_START)
    return int(digits)


def counted_anew(folder: Path, device: str, key: Ed25519PrivateKey, now_ms: int, damage: str) -> int:
    """Set a damaged count aside; a count that no record of the device's was sealed over, or none at all. It is told.

    ``now_ms`` is of the wall clock, UTC milliseconds; ``damage`` says what is wrong with the file.

    Raises:
        OSError: the folder cannot be written.
    """
    last = _last_sealed_under(folder, device, key)
    count = now_ms // _STEP_MS if last is None else last
    aside = set_aside(folder / BOOT_COUNT_FILE, now_ms)
    structlog.get_logger().error(
        "boot_count_set_aside", file=aside and aside.name, reason=damage, newest_record=last, goes_on_after=count
    )
    return count


def _last_sealed_under(folder: Path, device: str, key: Ed25519PrivateKey) -> int | None:
    """The count in the newest record or note; 0 before the first, ``None`` where it is here no more."""
    if not any((folder / name).exists() for name in RECORDS):
        return 0
    # A blank device, which checks its first release, has no database yet (core.lock).
    from edge_agent.outbox import Outbox

    try:
        with Outbox(folder / RECORDS[0], device) as outbox:
            head = outbox.head()
            newest = outbox.pending(1, head.seq - 1)
        if head.seq and newest:
            return open_sealed(newest[0].sealed, lambda _kid: key.public_key()).said.bootcount
    except (OutboxError, RefusedError) as error:
        structlog.get_logger().warning("newest_record_unread", reason=str(error))
        return None
    return None if head.seq else 0


_NEXT_START = Words(
    "见证程序下次启动会把它另存，改用没有记录用过的次数接着数",
    "the next start of the agent sets it aside, and goes on with a number that no record was sealed under",
)
