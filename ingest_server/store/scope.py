"""What a reader may see. The one place where an agency's evidence is kept from the others."""

from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, false, true

from ingest_server.store.schema import visits


class Everything(Struct, frozen=True):
    """The fund's view."""


class OneAgency(Struct, frozen=True):
    """An agency's view of its own visits."""

    agency: str


class Nothing(Struct, frozen=True):
    """No evidence at all: a query that forgot to refuse its reader finds nothing."""


class SomeAgency(Struct, frozen=True):
    """One agency's view, in a statement that is made once for all of them and is run with :func:`named`."""


Scope = Everything | OneAgency | Nothing
AnyScope = Scope | SomeAgency
_NAME: Final = "agency_of_scope"


def unnamed(scope: Scope) -> AnyScope:
    """A scope without its agency's name."""
    return SomeAgency() if isinstance(scope, OneAgency) else scope


def named(scope: Scope) -> dict[str, str]:
    """The name that such a statement is run with, and does not run without."""
    return {_NAME: scope.agency} if isinstance(scope, OneAgency) else {}


def visible(scope: Scope) -> ColumnElement[bool]:
    """The condition that every query over visits carries."""
    return of_agency(scope, visits.c.agency)


def of_agency(scope: AnyScope, column: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition on the column that says whose evidence a row is."""
    match scope:
        case Everything():
            return true()
        case OneAgency(agency):
            return column == agency
        case SomeAgency():
            return column == bindparam(_NAME)
        case Nothing():
            return false()
