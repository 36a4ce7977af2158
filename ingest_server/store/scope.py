"""What a reader may see. The one place where an agency's evidence is kept from the others."""

from msgspec import Struct
from sqlalchemy import ColumnElement, false, true

from ingest_server.store.schema import visits


class Everything(Struct, frozen=True):
    """The fund's view."""


class OneAgency(Struct, frozen=True):
    """An agency's view of its own visits."""

    agency: str


class Nothing(Struct, frozen=True):
    """No evidence at all: a query that forgot to refuse its reader finds nothing."""


Scope = Everything | OneAgency | Nothing


def visible(scope: Scope) -> ColumnElement[bool]:
    """The condition that every query over visits carries."""
    return of_agency(scope, visits.c.agency)


def of_agency(scope: Scope, column: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition on the column that says whose evidence a row is."""
    match scope:
        case Everything():
            return true()
        case OneAgency(agency):
            return column == agency
        case Nothing():
            return false()
