"""The device's chain: each record names the SHA-256 of the one before it. Pure.

What the chain tells: a dropped record is a gap until it arrives; two records with one ``seq``, or a ``prev`` that is
not the digest of the record before, are a fork: two holders of one key.
"""

from collections.abc import Collection
from enum import StrEnum

from visit_record.record import ChainLink


class LinkState(StrEnum):
    """How a record stands to the records of its device that are already known."""

    LINKED = "linked"
    GAP = "gap"
    FORK = "fork"


def next_link(last_seq: int, last_digest: str | None) -> ChainLink:
    """The link of the record after ``last_seq`` (0 when there is none yet)."""
    return ChainLink(seq=last_seq + 1, prev=last_digest)


def judge_link(
    link: ChainLink,
    before: Collection[str],
    same_seq: Collection[str],
    successor_prevs: Collection[str | None],
    digest: str,
) -> LinkState:
    """Judge a record by its neighbours.

    Args:
        link: the record's own link.
        before: digests known at ``seq - 1``.
        same_seq: digests known at ``seq``, the record's own or not.
        successor_prevs: ``prev`` of the records known at ``seq + 1``, for a record that arrives late.
        digest: the record's own digest.
    """
    if any(other != digest for other in same_seq) or any(prev != digest for prev in successor_prevs):
        return LinkState.FORK
    if link.seq == 1:
        return LinkState.LINKED if link.prev is None else LinkState.FORK
    if link.prev is None:
        return LinkState.FORK
    if not before:
        return LinkState.GAP
    return LinkState.LINKED if link.prev in before else LinkState.FORK
