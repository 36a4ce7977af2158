"""A damaged head file is set aside, and written anew as a whole database has it."""

from pathlib import Path

import structlog

from edge_agent.chain_head import ChainHead, HeadFile
from edge_agent.device_store import DeviceStore
from edge_agent.errors import DamagedHeadError, DamagedOutboxError
from edge_agent.whole_files import set_aside


def unknown_end(damage: DamagedOutboxError) -> DamagedOutboxError:
    """Neither the database nor the file beside it says where the chain ended."""
    return DamagedOutboxError(
        f"{damage}; where its chain ended is not known, so that no new one is begun: enrol the device anew in an empty "
        "folder, and keep this one for repair",
        f"{damage.said.zh}；记录链到哪里为止无从知道，所以不另起一条：请在空文件夹里重新登记设备，保留这一个以便修复",
    )


def renew_damaged_head(database: Path, device: str, now_ms: int) -> None:
    """Where the chain ends is what a whole database says then; it is told. ``now_ms`` names the file set aside.

    Raises:
        DamagedOutboxError: the database is not whole, or there is none.
        OutboxError: the file is another device's, or cannot be written.
        OSError: it cannot be set aside.
    """
    head = HeadFile.beside(database)
    try:
        head.read(device)
    except DamagedHeadError as damage:
        stored = _stored_end(database)
        if stored is None:
            raise unknown_end(damage) from damage
        aside = set_aside(head.path, now_ms)
        structlog.get_logger().error("head_set_aside", file=aside and aside.name, reason=str(damage), seq=stored.seq)
        head.write(device, stored)


def _stored_end(database: Path) -> ChainHead | None:
    """The end of the chain in a database; ``None`` where that is damaged, gone or new."""
    if not database.exists():
        return None
    try:
        with DeviceStore(database) as store:
            store.check()
            with store.reading() as db:
                end = db.execute("SELECT last_seq, last_digest FROM chain").fetchone()
    except DamagedOutboxError:
        return None
    return end and ChainHead(*end)
