"""Who must not be named in what leaves a device by hand, and how the names are taken out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge_agent.outbox import Outbox, WaitingRecord
from visit_record.errors import RefusedError
from visit_record.note_sealing import OpenedNote, open_sealed

IN_ITS_PLACE = "‹id›"
# In UTF-8: a name of one or two letters would stand in every word, one of two Chinese signs does not.
_FEWEST_BYTES = 3


@dataclass(frozen=True)
class Redaction:
    """Takes ids out of texts, the longest first: one may be a part of another."""

    ids: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, ids: Iterable[str]) -> "Redaction":
        """Of these ids and names, but for those that are too short to be told from words."""
        return cls(frozenset(one for one in ids if len(one.encode()) >= _FEWEST_BYTES))

    def __call__(self, text: str) -> str:
        """The text without them."""
        for one in sorted(self.ids, key=len, reverse=True):
            text = text.replace(one, IN_ITS_PLACE)
        return text


def ids_in(outbox: Outbox, key: Ed25519PublicKey) -> set[str]:
    """Everybody whom records and visits that are still on this device name, and their orders; a damaged one is told.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    found: set[str] = set()
    after_seq = 0
    while waiting := outbox.pending(100, after_seq):
        after_seq = waiting[-1].seq
        for record in waiting:
            found |= _named(record, key)
    return found | outbox.visits.named() | outbox.journals.named()


def _named(waiting: WaitingRecord, key: Ed25519PublicKey) -> set[str]:
    try:
        opened = open_sealed(waiting.sealed, lambda _kid: key)
    except RefusedError as damage:
        structlog.get_logger().error("record_unreadable", seq=waiting.seq, reason=str(damage))
        return set()
    if isinstance(opened, OpenedNote):
        return {opened.note.caregiver}
    who = opened.record.who
    return {one for one in (who.caregiver, who.recipient, who.order and who.order.order) if one}
