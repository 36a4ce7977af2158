"""Rule sets by version, their states, and the history of every step. Exactly one is live."""

from collections.abc import Iterator

import structlog
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update

from ingest_server.errors import RulesError
from ingest_server.rules.life import Action, State, after, check_second
from ingest_server.store.accounts import find_account
from ingest_server.store.changes import By
from ingest_server.store.schema import rule_set_history, rule_sets
from ingest_server.vocabulary import Role

log = structlog.get_logger()


class StoredRules(Struct, frozen=True):
    """A rule set; ``body`` is its document, ``replaced`` the one whose place it took as it went live."""

    version: str
    state: State
    shadow: bool
    body: str
    replaced: str | None


class Step(Struct, frozen=True):
    """One step in the life of a rule set."""

    version: str
    action: Action
    actor: str
    at_ms: int
    note: str | None


def all_rule_sets(connection: Connection) -> list[StoredRules]:
    """Every rule set, by version."""
    return [_stored(row) for row in connection.execute(select(rule_sets).order_by(rule_sets.c.version))]


def find_rules(connection: Connection, version: str) -> StoredRules | None:
    """A rule set, ``None`` where there is no such version."""
    row = connection.execute(select(rule_sets).where(rule_sets.c.version == version)).one_or_none()
    return None if row is None else _stored(row)


def rules_of(connection: Connection, version: str) -> StoredRules:
    """A rule set.

    Raises:
        RulesError: there is no such version.
    """
    found = find_rules(connection, version)
    if found is None:
        raise RulesError(f"there is no rule set {version}; `ingest-server rules list` shows all")
    return found


def live_rules(connection: Connection) -> StoredRules:
    """The one that weighs new visits.

    Raises:
        RulesError: none is live, as in a database that no program of this version has been started on.
    """
    row = connection.execute(select(rule_sets).where(rule_sets.c.state == State.LIVE)).one_or_none()
    if row is None:
        raise RulesError("no rule set is live; run `ingest-server migrate`")
    return _stored(row)


def shadow_rules(connection: Connection) -> StoredRules | None:
    """The one that weighs new visits beside it, and changes nothing."""
    row = connection.execute(select(rule_sets).where(rule_sets.c.shadow)).one_or_none()
    return None if row is None else _stored(row)


def history(connection: Connection, version: str | None = None) -> Iterator[Step]:
    """What was done, oldest first: to one rule set, or to all."""
    query = select(rule_set_history).order_by(rule_set_history.c.id)
    if version is not None:
        query = query.where(rule_set_history.c.version == version)
    for row in connection.execute(query):
        yield Step(row.version, Action(row.action), row.actor, row.at_ms, row.note)


def draft(connection: Connection, version: str, body: str, by: By) -> None:
    """Enter a draft, or write it again.

    Raises:
        RulesError: the version is committed already, and never changes any more.
    """
    found = find_rules(connection, version)
    after(version, None if found is None else found.state, Action.DRAFT)
    if found is None:
        row = {"version": version, "state": State.DRAFT, "shadow": False, "body": body, "replaced": None}
        connection.execute(insert(rule_sets), row)
    else:
        connection.execute(update(rule_sets).where(rule_sets.c.version == version).values(body=body))
    _remember(connection, version, Action.DRAFT, by)


def commit(connection: Connection, version: str, by: By) -> None:
    """End the writing of a draft: what it says now is what may go live.

    Raises:
        RulesError: it is no draft.
    """
    _step(connection, rules_of(connection, version), Action.COMMIT, by)


def publish(connection: Connection, version: str, by: By) -> None:
    """Make a committed rule set the live one; the one that was retires, and no shadow is cast by what is live.

    Raises:
        RulesError: it is not committed, none is live, or who committed it, or somebody of an agency, would publish it.
    """
    found, before = rules_of(connection, version), live_rules(connection)
    after(version, found.state, Action.PUBLISH)
    check_second(version, _committed_by(connection, version), by.actor)
    _check_not_supervised(connection, by.actor)
    _step(connection, before, Action.RETIRE, by)
    _step(connection, found, Action.PUBLISH, by, shadow=False, replaced=before.version)


def _check_not_supervised(connection: Connection, actor: str) -> None:
    found = find_account(connection, actor)
    if found is not None and found.role is Role.SUPERVISOR:
        raise RulesError(
            f"{actor} is of an agency, and the rules that agencies are judged by are not theirs to publish"
        )


def roll_back(connection: Connection, by: By) -> tuple[str, str]:
    """Bring back the rule set whose place the live one took; (what was live, what is live now).

    Raises:
        RulesError: the live one is the first.
    """
    found = live_rules(connection)
    if found.replaced is None:
        raise RulesError(f"rule set {found.version} is the first that was live; there is none to go back to")
    before = rules_of(connection, found.replaced)
    after(before.version, before.state, Action.RESTORE)
    _step(connection, found, Action.RETIRE, by)
    _step(connection, before, Action.RESTORE, by, shadow=False)
    return found.version, before.version


def cast_shadow(connection: Connection, version: str | None, by: By) -> None:
    """Let one rule set weigh every new visit beside the live one; ``None`` lets none.

    Raises:
        RulesError: it is a draft, or is live.
    """
    wanted = None if version is None else rules_of(connection, version)
    if wanted is not None:
        after(wanted.version, wanted.state, Action.SHADOW)
    if before := shadow_rules(connection):
        _step(connection, before, Action.UNSHADOW, by, shadow=False)
    if wanted is not None:
        _step(connection, wanted, Action.SHADOW, by, shadow=True)


def enter_shipped(connection: Connection, version: str, body: str, by: By) -> bool:
    """Enter the rule set that ships with this program: live where none is, else committed, for people to publish.

    Whether it is in the store now: somebody's own may have its version already, and stays.
    """
    if (found := find_rules(connection, version)) is not None:
        if found.body != body:
            log.warning("rules of the shipped version are not the shipped ones", rules=version, state=found.state)
        return found.body == body
    draft(connection, version, body, by)
    commit(connection, version, by)
    if connection.execute(select(rule_sets.c.version).where(rule_sets.c.state == State.LIVE)).first() is None:
        _step(connection, rules_of(connection, version), Action.PUBLISH, by)
    return True


def _committed_by(connection: Connection, version: str) -> str | None:
    return next((step.actor for step in history(connection, version) if step.action is Action.COMMIT), None)


def _step(connection: Connection, found: StoredRules, action: Action, by: By, **also: object) -> None:
    values = {"state": after(found.version, found.state, action), **also}
    connection.execute(update(rule_sets).where(rule_sets.c.version == found.version).values(**values))
    _remember(connection, found.version, action, by)


def _remember(connection: Connection, version: str, action: Action, by: By) -> None:
    connection.execute(insert(rule_set_history), {"version": version, "action": action, **by.row})


def _stored(row: Row[tuple[object, ...]]) -> StoredRules:
    return StoredRules(row.version, State(row.state), bool(row.shadow), row.body, row.replaced)
