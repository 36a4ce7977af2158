"""Shares of genuine service of one subject, within a scope: one answer for programs and for the pages."""

from typing import Annotated, Final

from fastapi import Path
from sqlalchemy import Connection

from ingest_server.authenticity.census import Census
from ingest_server.authenticity.counting import Period, month_of
from ingest_server.authenticity.estimate import Authenticity, Kind
from ingest_server.authenticity.portrait import Asked, Months, portrait
from ingest_server.authenticity.roll import NOBODY, Roll
from ingest_server.authenticity.rows import Group
from ingest_server.authenticity.tally import Tally
from ingest_server.store.districts import DISTRICT, agencies_of
from ingest_server.store.scope import OneAgency, Scope
from ingest_server.store.tallies import Key, tallies_of, tallies_of_district
from ingest_server.web.parts import Parts

# Those whose peers are of no agency.
OF_AGENCIES: Final = frozenset({Kind.AGENCY, Kind.DISTRICT})
# A district's name may be Chinese; every other id is one of these too.
DISTRICT_PATTERN: Final = f"^{DISTRICT.pattern}$"
# What is kept of one subject, by its peers and months.
Sums = list[tuple[Key, Tally]]
SubjectPath = Annotated[
    str, Path(pattern=DISTRICT_PATTERN, description="Id of the caregiver, agency, recipient, device or district.")
]


def authenticity_of(parts: Parts, scope: Scope, kind: Kind, subject: str) -> Authenticity | None:
    """What is said of a subject within a scope; ``None`` where no visit of its last months is to be seen."""
    return estimated(parts, scope, kind, subject, kept_of(parts, scope, kind, subject))


def estimated(parts: Parts, scope: Scope, kind: Kind, subject: str, kept: Sums) -> Authenticity | None:
    """The same, of sums that were read."""
    if not kept:
        return None
    census = parts.censuses.of(kind)
    agency = scope.agency if isinstance(scope, OneAgency) and kind is not Kind.AGENCY else None
    tallies: dict[tuple[Group, str], Tally] = {}
    for key, tally in kept:
        # An agency is compared with the others, of which its own supervisor is told nothing but their mean.
        place = Group("" if kind in OF_AGENCIES else key.agency, key.stratum), key.month
        tallies[place] = tallies[place].merge(tally) if place in tallies else tally
    agencies = tuple(sorted({key.agency for key, _ in kept}))
    return portrait(Asked(subject, census, agency, parts.censuses.settings), Months(tallies, agencies))


def kept_of(parts: Parts, scope: Scope, kind: Kind, subject: str) -> Sums:
    """The sums of a subject's last months, as far as its reader may see."""
    period = Period(parts.censuses.of(kind).since_month, month_of(parts.now_ms()))
    with parts.database.reading() as connection:
        return _kept(connection, scope, kind, subject, period)


def _kept(connection: Connection, scope: Scope, kind: Kind, subject: str, period: Period) -> Sums:
    if kind is Kind.DISTRICT:
        return tallies_of_district(connection, scope, agencies_of(connection, subject), period)
    return tallies_of(connection, scope, kind, subject, period)


def seen_of(census: Census, scope: Scope) -> Roll:
    """Those of a census whom a reader is shown."""
    if not isinstance(scope, OneAgency):
        return census.whole
    if census.kind is Kind.AGENCY:
        return census.whole.among({scope.agency})
    return census.agencies.get(scope.agency, NOBODY)
