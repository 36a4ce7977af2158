"""The agencies that this server knows: those that an enrolled device, a user or a visit names."""

from sqlalchemy import Connection, select, union

from ingest_server.errors import RulesError
from ingest_server.store.schema import devices, users, visits


def known_agencies(connection: Connection) -> list[str]:
    """All of them, in order; one that is enrolled is known before its first visit."""
    named = union(*(select(table.c.agency) for table in (devices, users, visits)))
    return sorted(agency for agency in connection.execute(named).scalars() if agency is not None)


def require_known_agency(connection: Connection, agency: str) -> None:
    """Refuse an agency that nobody has named: what is set for a mistyped one would hold for nobody.

    Raises:
        RulesError: saying which agencies are known.
    """
    known = known_agencies(connection)
    if agency not in known:
        raise RulesError(
            f"没有机构 {agency[:80]!r} · no device, user or visit names this agency; "
            f"已知机构 known are: {', '.join(known) or '无 none'}"
        )
