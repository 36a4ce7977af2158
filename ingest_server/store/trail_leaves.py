"""The audit trail in the ledger: with each batch, also one of no records, a leaf that commits to the trail as it was.

An owner of the database who ends the trail early, or writes it anew, would have to write the ledger anew as well, whose
signed checkpoints others hold.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, insert, select

from ingest_server.errors import AlteredTrailError
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.proofs import Inclusion, inclusion_of
from ingest_server.store.schema import trail, trail_leaves

# No sealed record begins so: it is a JWS in compact form.
_HEAD: Final = "carewitness-trail/1"


class TrailLeaf(Struct, frozen=True):
    """A leaf of the ledger: the trail up to an entry, whose digest is over all entries before it."""

    log_index: int
    entry: int
    digest: str

    @property
    def content(self) -> bytes:
        """What the ledger holds."""
        return f"{_HEAD}\n{self.entry}\n{self.digest}\n".encode()


class ProvenLeaf(Struct, frozen=True):
    """A leaf, its content, and the proof that the ledger holds it."""

    leaf: TrailLeaf
    content: str
    inclusion: Inclusion


def enter_trail(connection: Connection, ledger: Ledger) -> None:
    """Enter the trail as it is now, where it has moved since it was entered last."""
    newest = connection.execute(select(trail.c.id, trail.c.digest).order_by(trail.c.id.desc()).limit(1)).first()
    entered = last_leaf(connection)
    if newest is None or (entered is not None and entered.entry == newest.id):
        return
    leaf = TrailLeaf(ledger.size, newest.id, newest.digest)
    ledger.append(leaf.content)
    row = {"log_index": leaf.log_index, "entry": leaf.entry, "digest": leaf.digest}
    connection.execute(insert(trail_leaves), row)


def last_leaf(connection: Connection) -> TrailLeaf | None:
    """The last leaf of the trail; ``None`` before there is one."""
    row = connection.execute(select(trail_leaves).order_by(trail_leaves.c.log_index.desc()).limit(1)).first()
    return None if row is None else TrailLeaf(*row)


def proven_leaf(connection: Connection) -> ProvenLeaf | None:
    """The last leaf with its proof; ``None`` before there is one."""
    leaf = last_leaf(connection)
    if leaf is None:
        return None
    return ProvenLeaf(leaf, leaf.content.decode(), inclusion_of(connection, leaf.log_index, leaf.content))


def check_leaves(connection: Connection) -> int:
    """Hold the trail to the ledger; up to which entry it is in it, 0 where it is not yet.

    Raises:
        AlteredTrailError: an entry that the ledger commits to is gone or another one, or the ledger was changed.
    """
    ledger, covered = Ledger(connection), 0
    for leaf, digest in _leaves(connection):
        if digest != leaf.digest or not ledger.holds(leaf.content, leaf.log_index):
            raise AlteredTrailError(
                f"the audit trail is not what the ledger has of it up to entry {leaf.entry} (leaf {leaf.log_index}); "
                "compare it with a backup"
            )
        covered = leaf.entry
    return covered


def _leaves(connection: Connection) -> Iterator[tuple[TrailLeaf, str | None]]:
    query = select(trail_leaves, trail.c.digest.label("found")).outerjoin(trail, trail.c.id == trail_leaves.c.entry)
    for row in connection.execute(query.order_by(trail_leaves.c.log_index)):
        yield TrailLeaf(row.log_index, row.entry, row.digest), row.found
