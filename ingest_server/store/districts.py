"""What is known of agencies beyond their visits: the district that each is of, and its name."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from ingest_server.errors import DistrictError
from ingest_server.store.agencies import require_known_agency
from ingest_server.store.schema import agencies
from visit_record.readable import is_readable

# An id, or a name in Chinese; it stands in addresses, hence no spaces.
DISTRICT: Final = re.compile(r"[0-9A-Za-z一-鿿][0-9A-Za-z一-鿿._-]{0,63}")
MOST_NAME: Final = 64


class Agency(Struct, frozen=True):
    """An agency as it is registered; ``None`` for what is not known."""

    agency: str
    district: str | None
    name: str | None


def set_agency(connection: Connection, entry: Agency) -> None:
    """Enter an agency, or change what is known of it.

    Raises:
        RulesError: nothing names this agency.
        DistrictError: the district or the name cannot be kept as told.
    """
    _check(entry)
    require_known_agency(connection, entry.agency)
    connection.execute(delete(agencies).where(agencies.c.agency == entry.agency))
    row = {"agency": entry.agency, "district": entry.district, "name": entry.name}
    connection.execute(insert(agencies), row)


def registered_agencies(connection: Connection) -> list[Agency]:
    """Every agency that something is known of, by district and id."""
    query = select(agencies).order_by(agencies.c.district, agencies.c.agency)
    return [Agency(row.agency, row.district, row.name) for row in connection.execute(query)]


def find_agency(connection: Connection, agency: str) -> Agency:
    """What is known of one."""
    row = connection.execute(select(agencies).where(agencies.c.agency == agency)).one_or_none()
    return Agency(agency, None, None) if row is None else Agency(agency, row.district, row.name)


def agencies_of(connection: Connection, district: str) -> tuple[str, ...]:
    """The agencies of a district, in the order of their ids."""
    query = select(agencies.c.agency).where(agencies.c.district == district).order_by(agencies.c.agency)
    return tuple(connection.execute(query).scalars())


def districts(connection: Connection) -> Mapping[str, str]:
    """The district of each agency that is of one."""
    query = select(agencies.c.agency, agencies.c.district).where(agencies.c.district.is_not(None))
    return {row.agency: row.district for row in connection.execute(query)}


def names(connection: Connection) -> Mapping[str, str]:
    """The name of each agency that has one."""
    query = select(agencies.c.agency, agencies.c.name).where(agencies.c.name.is_not(None))
    return {row.agency: row.name for row in connection.execute(query)}


def _check(entry: Agency) -> None:
    if entry.district is not None and not DISTRICT.fullmatch(entry.district):
        raise DistrictError(
            f"区名只可有中文、字母、数字和 . _ -，最长 64 个 · {entry.district[:80]!r} is no district: "
            "at most 64 Chinese characters, letters, digits, and . _ - after the first"
        )
    if entry.name is not None and not (0 < len(entry.name) <= MOST_NAME and is_readable(entry.name)):
        raise DistrictError(
            f"名称须为一行，最长 {MOST_NAME} 个字符 · a name is one line of 1 to {MOST_NAME} characters without "
            "control characters"
        )
