"""The agencies that this server knows: those that an enrolled device, a user or a visit names."""

from sqlalchemy import Connection, exists, or_, select, union

from ingest_server.errors import RulesError, UnnamedAgencyError
from ingest_server.store.schema import devices, users, visits

# One that is enrolled is known before its first visit.
_NAMING = (devices, users, visits)
MOST_TOLD = 20


def is_known(connection: Connection, agency: str) -> bool:
    """Whether anything names it: a few look-ups, however many visits there are."""
    return bool(
        connection.execute(select(or_(*(exists().where(table.c.agency == agency) for table in _NAMING)))).scalar()
    )


def known_agencies(connection: Connection, most: int) -> list[str]:
    """The first of them in order, at most ``most``."""
    named = union(*(select(table.c.agency).where(table.c.agency.is_not(None)) for table in _NAMING))
    return list(connection.execute(named.order_by("agency").limit(most)).scalars())


def require_known_agency(connection: Connection, agency: str) -> None:
    """Refuse an agency that nobody has named: what is set for a mistyped one would hold for nobody.

    Raises:
        RulesError: saying which agencies are known, the first of many.
    """
    if is_known(connection, agency):
        return
    raise RulesError(
        f"没有机构 {agency[:80]!r} · no device, user or visit names this agency; 已知机构 known are: "
        f"{_first_told(connection) or '无 none'}"
    )


def require_named_agency(connection: Connection, agency: str) -> None:
    """Refuse an agency that nobody has named, where any is: whoever is entered for a mistyped one sees nothing.

    Raises:
        UnnamedAgencyError: saying which agencies are known, the first of many, and how one is said to be new.
    """
    if is_known(connection, agency) or not (told := _first_told(connection)):
        return
    raise UnnamedAgencyError(
        f"no device, user or visit names an agency {agency[:80]!r}; known are: {told}. Correct the id, or say that the "
        "agency is new (tick, new_agency or --new-agency)",
        f"没有设备、人员或服务提到机构 {agency[:80]!r}；已知机构：{told}。请改正编号；确为新机构的，请确认"
        "（勾选、new_agency 或 --new-agency）",
    )


def _first_told(connection: Connection) -> str:
    first = known_agencies(connection, MOST_TOLD + 1)
    return ", ".join(first[:MOST_TOLD]) + (" …" if len(first) > MOST_TOLD else "")
