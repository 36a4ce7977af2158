"""A reader's scope, narrowed to the agency or district that they ask for."""

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_

from ingest_server.store.agencies import is_known
from ingest_server.store.districts import agencies_of
from ingest_server.store.scope import Everything, OneAgency, Scope, of_agency


class Narrowed(Struct, frozen=True):
    """What is looked at: the scope's visits, or those of some of its agencies alone."""

    scope: Scope
    agencies: tuple[str, ...] | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.agencies is None and isinstance(self.scope, Everything)

    def of(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition on the column that says whose evidence a row is."""
        seen = of_agency(self.scope, column)
        return seen if self.agencies is None else and_(seen, column.in_(self.agencies))

    def holds(self, agency: str) -> bool:
        """Whether an agency's evidence is looked at."""
        seen = isinstance(self.scope, Everything) or (isinstance(self.scope, OneAgency) and self.scope.agency == agency)
        return seen and (self.agencies is None or agency in self.agencies)


def narrowed(connection: Connection, scope: Scope, agency: str | None, district: str | None) -> Narrowed | None:
    """The scope as it is asked for; ``None`` where there is no such agency or district to see.

    By district the fund alone narrows; a supervisor, who may know that of their own agency, has one agency to look at.
    """
    if district is not None and not isinstance(scope, Everything):
        return None
    of_district = None if district is None else agencies_of(connection, district)
    if of_district == () or (agency is not None and of_district is not None and agency not in of_district):
        return None
    if agency is None:
        return Narrowed(scope, of_district)
    found = Narrowed(scope, (agency,))
    return found if found.holds(agency) and is_known(connection, agency) else None
