"""Proof that a record is in the ledger, for a reader to check without trusting this server."""

from msgspec import Struct
from sqlalchemy import Connection

from ingest_server.ledger import merkle
from ingest_server.store.ledger_nodes import Ledger


class Inclusion(Struct, frozen=True):
    """A record's place in the ledger, and the audit path from its leaf to the root (RFC 6962, 2.1.1).

    ``leaf_hash`` is SHA-256 over a zero byte and the sealed record. Hashes are base64 in JSON. ``holds`` says whether
    the path leads to the root when it was computed again just now.
    """

    log_index: int
    tree_size: int
    leaf_hash: bytes
    root_hash: bytes
    audit_path: tuple[bytes, ...]
    holds: bool


def inclusion_of(connection: Connection, log_index: int, sealed: bytes) -> Inclusion:
    """The proof for a stored record in the whole tree of this moment."""
    ledger = Ledger(connection)
    leaf, root = merkle.leaf_hash(sealed), ledger.root()
    # A place beyond the tree is an altered row, which must not hide the record that it alters.
    path = tuple(ledger.inclusion_proof(log_index)) if log_index < ledger.size else ()
    holds = merkle.verify_inclusion(leaf, log_index, ledger.size, path, root)
    return Inclusion(log_index, ledger.size, leaf, root, path, holds)
