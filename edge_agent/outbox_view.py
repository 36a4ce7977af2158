"""What an operator asks of an outbox: how much waits, since when, and where the chain ends."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from edge_agent.chain_head import ChainHead, is_begun, require_kept
from edge_agent.errors import OutboxError
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox, WaitingRecord
from visit_record.bilingual import Words
from visit_record.note import VisitNote
from visit_record.note_sealing import open_sealed


class OldestRecord(Struct, frozen=True):
    """The record or note that has waited longest, and its visit; ``sealed_at`` is UTC in ISO 8601."""

    seq: int
    digest: str
    visit: str
    sealed_at: str


class OutboxView(Struct, frozen=True):
    """An outbox at one moment; ``oldest`` is ``None`` when nothing waits."""

    device: str
    waiting: int
    oldest: OldestRecord | None
    head: ChainHead


def view_outbox(path: Path, identity: Identity) -> OutboxView:
    """Look into an outbox without making one.

    Raises:
        OutboxError: there is none, it is lost, or it cannot be read.
        RefusedError: the oldest record was not sealed by this device.
    """
    require_kept(path, identity.names.device)
    if not is_begun(path):
        raise OutboxError(
            f"there is no outbox at {path}; nothing has been sealed in this folder yet",
            f"{path} 没有待发箱：这个文件夹里还没有封存过记录",
            Words("核对路径", "check the path"),
        )
    with Outbox(path, identity.names.device) as outbox:
        oldest = [_told(record, identity) for record in outbox.pending(1)]
        return OutboxView(identity.names.device, outbox.count(), oldest[0] if oldest else None, outbox.head())


def _told(waiting: WaitingRecord, identity: Identity) -> OldestRecord:
    said = open_sealed(waiting.sealed, lambda _kid: identity.key.public_key()).said
    sealed_at = datetime.fromtimestamp(said.iat, UTC).isoformat()
    visit = said.about.visit if isinstance(said, VisitNote) else said.jti
    return OldestRecord(waiting.seq, waiting.digest, visit, sealed_at)
