"""Entering what ships with this version into the store."""

from ingest_server.clock import now_ms
from ingest_server.rules.rule_set import shipped_rules, shipped_text
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.rule_sets import enter_shipped

# No user has a name with a colon.
PROGRAM = "program:ingest-server"


def enter_shipped_rules(database: Database) -> str | None:
    """Enter the shipped rule set: live where none is, else committed, for people to publish.

    Its version, where rules of somebody's own have it and it could not be entered; else ``None``.

    Raises:
        StoreError: the store fails.
    """
    by, version = By(PROGRAM, now_ms(), "ships with this version"), shipped_rules(EVIDENCE_IDS).version
    with database.writing() as connection:
        return None if enter_shipped(connection, version, shipped_text(), by) else version
