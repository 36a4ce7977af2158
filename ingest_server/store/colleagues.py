"""Whom somebody may hand a case to: those who log in as what they are, of the same agency or of the fund."""

from sqlalchemy import Connection, select

from ingest_server.store.accounts import Account
from ingest_server.store.schema import users


def colleagues_of(connection: Connection, account: Account) -> tuple[str, ...]:
    """The names of everybody else of the same role and agency who may log in, in their order."""
    alike = (users.c.role == account.role, users.c.agency.is_not_distinct_from(account.agency))
    others = (users.c.disabled.is_(False), users.c.name != account.name)
    return tuple(connection.execute(select(users.c.name).where(*alike, *others).order_by(users.c.name)).scalars())
