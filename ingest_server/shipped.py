"""Entering what ships with this version into the store."""

from ingest_server.clock import now_ms
from ingest_server.rules.rule_set import shipped_rules, shipped_text
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.rule_sets import enter_shipped

# No user has a name with a colon.
PROGRAM = "program:ingest-server"


def enter_shipped_rules(database: Database) -> None:
    """Enter the shipped rule set: live where none is, else committed, for people to publish.

    Raises:
        StoreError: the store fails.
    """
    by = By(PROGRAM, now_ms(), "ships with this version")
    with database.writing() as connection:
        enter_shipped(connection, shipped_rules(EVIDENCE_IDS).version, shipped_text(), by)
