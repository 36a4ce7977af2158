"""Entering what ships with this version into the store, and the way back to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ingest_server.clock import now_ms
from ingest_server.errors import RulesError
from ingest_server.rules.life import State
from ingest_server.rules.rule_set import shipped_rules, shipped_text
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.rule_sets import all_rule_sets, enter_shipped
from ingest_server.words.sources import SHIPPED_NOTE

# No user has a name with a colon.
PROGRAM = "program:ingest-server"


def enter_shipped_rules(database: Database) -> str | None:
    """Enter the shipped rule set: live where none is, else committed, for people to publish.

    Its version, where rules of somebody's own have it and it could not be entered; else ``None``.

    Raises:
        StoreError: the store fails.
    """
    by, version = By(PROGRAM, now_ms(), SHIPPED_NOTE), shipped_rules(EVIDENCE_IDS).version
    with database.writing() as connection:
        return None if enter_shipped(connection, version, shipped_text(), by) else version


@contextmanager
def with_a_way_out(database: Database) -> Iterator[None]:
    """Let a refusal of the live rules say by which command those that ship come into force.

    Raises:
        RulesError: as it was refused, with the way out where there is one.
        StoreError: the store fails.
    """
    try:
        yield
    except RulesError as failure:
        with database.reading() as connection:
            way = _way_out(connection)
        raise RulesError(f"{failure}{way}") from failure


def _way_out(connection: Connection) -> str:
    version, text = shipped_rules(EVIDENCE_IDS).version, shipped_text()
    stored = all_rule_sets(connection)
    as_shipped = next((found for found in stored if (found.version, found.body) == (version, text)), None)
    if as_shipped is None or all(found.state is not State.LIVE for found in stored):
        return ""
    return {
        State.COMMITTED: f"; `ingest-server rules publish {version}` puts the rules that ship in force",
        State.RETIRED: f"; `ingest-server rules rollback`, as often as it takes, goes back to {version}, which ships",
    }.get(as_shipped.state, "")
