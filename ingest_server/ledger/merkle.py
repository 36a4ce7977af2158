"""The Merkle tree of RFC 6962, 2.1: appending, roots, inclusion proofs. Pure over a look-up of stored nodes.

A node is the hash of a complete subtree: ``(level, index)`` covers the leaves ``index·2^level`` to
``(index + 1)·2^level - 1``. Nodes once written never change, so a store only ever inserts.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NodeLookup = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Node:
    """The hash of a complete subtree."""

    level: int
    index: int
    hash: bytes


def leaf_hash(content: bytes) -> bytes:
    """Hash of a leaf; its prefix differs from a node's, so that no node can pass for a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(size: int, leaf: bytes, node_at: NodeLookup) -> list[Node]:
    """The nodes that the leaf hash ``leaf`` adds to a tree of ``size`` leaves, from the leaf upward."""
    nodes = [Node(0, size, leaf)]
    while nodes[-1].index % 2 == 1:
        last = nodes[-1]
        left = node_at(last.level, last.index - 1)
        nodes.append(Node(last.level + 1, last.index // 2, node_hash(left, last.hash)))
    return nodes


def root(size: int, node_at: NodeLookup) -> bytes:
    """Root hash of the first ``size`` leaves."""
    return _range_hash(0, size, node_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node_at: NodeLookup) -> list[bytes]:
    """The audit path of a leaf in the tree of the first ``size`` leaves, from the leaf upward (RFC 6962, 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a ledger of {size} has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, node_at))
            end = middle
        else:
            path.append(_range_hash(start, middle, node_at))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether the proof shows the leaf hash at ``index`` of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            found = node_hash(sibling, found)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            found = node_hash(found, sibling)
        node, last = node // 2, last // 2
    return last == 0 and found == expected_root


def _range_hash(start: int, end: int, node_at: NodeLookup) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        return node_at(count.bit_length() - 1, start // count)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, node_at), _range_hash(middle, end, node_at))


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1
