"""The ledger's nodes in the database, and the tree over them."""

from collections.abc import Callable, Collection
from typing import TypeVar

from sqlalchemy import Connection, insert, select

from ingest_server.ledger import merkle
from ingest_server.store.key_rows import with_keys
from ingest_server.store.schema import ledger_nodes

Walked = TypeVar("Walked")


class Ledger:
    """The Merkle tree of every record, inside one transaction of its owner.

    New nodes are held back until :meth:`flush`, so that a batch costs one statement.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unwritten: dict[tuple[int, int], bytes] = {}
        self.size = self._stored_size()

    def append(self, content: bytes) -> int:
        """Enter a leaf; its index."""
        index = self.size
        for node in merkle.append(index, merkle.leaf_hash(content), self._node_at):
            self._unwritten[node.level, node.index] = node.hash
        self.size += 1
        return index

    def flush(self) -> None:
        """Write the new nodes."""
        rows = [{"level": level, "index": index, "hash": hash_} for (level, index), hash_ in self._unwritten.items()]
        if rows:
            self._connection.execute(insert(ledger_nodes), rows)
        self._unwritten.clear()

    def holds(self, content: bytes, index: int) -> bool:
        """Whether the leaf at a place was entered for just this content."""
        return index < self.size and self._node_at(0, index) == merkle.leaf_hash(content)

    def root(self) -> bytes:
        """Root hash of the whole tree."""
        return self._walk(lambda node_at: merkle.root(self.size, node_at))

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Audit path of a leaf in the whole tree.

        Raises:
            ValueError: there is no such leaf.
        """
        return self._walk(lambda node_at: merkle.inclusion_proof(index, self.size, node_at))

    def _walk(self, over: Callable[[merkle.NodeLookup], Walked]) -> Walked:
        """What comes of a walk over the tree, which reads the same nodes whatever they hold: all in one statement.

        One by one, the proof for a visit's page took twice the tree's height in statements.
        """
        wanted: set[tuple[int, int]] = set()

        def note(level: int, index: int) -> bytes:
            wanted.add((level, index))
            return b""

        over(note)
        found = self._unwritten | self._stored(wanted - self._unwritten.keys())
        # One that is missing is told as the database tells it.
        return over(lambda level, index: found.get((level, index)) or self._node_at(level, index))

    def _stored(self, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        key = (ledger_nodes.c.level, ledger_nodes.c["index"])
        query = with_keys(self._connection, select(*key, ledger_nodes.c.hash), key, sorted(wanted))
        return {(level, index): hash_ for level, index, hash_ in self._connection.execute(query)}

    def _stored_size(self) -> int:
        column = ledger_nodes.c["index"]
        query = select(column).where(ledger_nodes.c.level == 0).order_by(column.desc()).limit(1)
        last: int | None = self._connection.execute(query).scalar()
        return 0 if last is None else last + 1

    def _node_at(self, level: int, index: int) -> bytes:
        if (level, index) in self._unwritten:
            return self._unwritten[level, index]
        query = select(ledger_nodes.c.hash).where(ledger_nodes.c.level == level, ledger_nodes.c["index"] == index)
        found: bytes = self._connection.execute(query).scalar_one()
        return found
