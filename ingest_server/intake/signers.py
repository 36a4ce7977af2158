"""Whose key a record says it is signed by, as :class:`~.reading.Reading` asks: only what the store has may sign."""

from functools import cache

from ingest_server.intake.reading import Enrolled
from ingest_server.store.database import Database
from ingest_server.store.devices import EnrolledKey, keys_by_kid


def signers_in(database: Database) -> Enrolled:
    """Looks keys up, each once; made anew for each batch, so that a revoked key signs nothing more.

    What it gives raises ``StoreError``: the database failed.
    """

    @cache
    def enrolled(kid: str) -> EnrolledKey | None:
        with database.reading() as connection:
            return keys_by_kid(connection, [kid]).get(kid)

    return enrolled
