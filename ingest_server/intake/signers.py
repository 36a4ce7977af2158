"""Whose key a record says it is signed by, as :class:`~.reading.Reading` asks: only what the store has may sign."""

import re
from functools import cache
from typing import Final

from ingest_server.intake.reading import Enrolled
from ingest_server.store.database import Database
from ingest_server.store.devices import EnrolledKey, keys_by_kid

# SHA-256 as base64url without padding (RFC 7638, RFC 4648, 5).
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def signers_in(database: Database) -> Enrolled:
    """Looks keys up, each once; made anew for each batch, so that a revoked key signs nothing more.

    What it gives raises ``StoreError``: the database failed.
    """

    # A name that is no thumbprint is not asked for: PostgreSQL fails at one with NUL, and with it the whole batch.
    @cache
    def enrolled(kid: str) -> EnrolledKey | None:
        if not _THUMBPRINT.fullmatch(kid):
            return None
        with database.reading() as connection:
            return keys_by_kid(connection, [kid]).get(kid)

    return enrolled
