"""The life of a rule set: draft, committed, live, retired. Pure; what may follow what is this table.

A draft may be written again; from its commitment on its text never changes. Publishing retires the one that was live;
rolling back retires the live one and brings back the one whose place it took. Two people put a set in force: one
commits it, another publishes it. Rolling back takes one: what comes back was published by two, and errors cost pay.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ingest_server.errors import RulesError


class State(StrEnum):
    """Where a rule set stands."""

    DRAFT = "draft"
    COMMITTED = "committed"
    LIVE = "live"
    RETIRED = "retired"


class Action(StrEnum):
    """What is done to one, as its history names it."""

    DRAFT = "draft"
    COMMIT = "commit"
    PUBLISH = "publish"
    RETIRE = "retire"
    RESTORE = "restore"
    SHADOW = "shadow"
    UNSHADOW = "unshadow"


NEXT: Final[Mapping[tuple[State | None, Action], State]] = {
    (None, Action.DRAFT): State.DRAFT,
    (State.DRAFT, Action.DRAFT): State.DRAFT,
    (State.DRAFT, Action.COMMIT): State.COMMITTED,
    (State.COMMITTED, Action.PUBLISH): State.LIVE,
    (State.LIVE, Action.RETIRE): State.RETIRED,
    (State.RETIRED, Action.RESTORE): State.LIVE,
    # A shadow weighs beside the live one; a draft could change under it.
    (State.COMMITTED, Action.SHADOW): State.COMMITTED,
    (State.RETIRED, Action.SHADOW): State.RETIRED,
    (State.COMMITTED, Action.UNSHADOW): State.COMMITTED,
    (State.RETIRED, Action.UNSHADOW): State.RETIRED,
}

# The steps as people take them, each a command; a set is retired and restored by what is done to another.
_WAYS: Final[Mapping[State | None, str]] = {
    None: "`ingest-server rules draft FILE` enters one",
    State.DRAFT: "`ingest-server rules draft FILE` writes it again, `ingest-server rules commit {0}` ends its writing",
    State.COMMITTED: "`ingest-server rules publish {0}` puts it in force, `ingest-server rules shadow {0}` tries it",
    State.LIVE: "`ingest-server rules rollback` brings back the one before it, `ingest-server rules publish V` puts "
    "another in force",
    State.RETIRED: "it comes back by `ingest-server rules rollback`, or its text under a new version by "
    "`ingest-server rules draft FILE`; `ingest-server rules shadow {0}` tries it out",
}


def after(version: str, state: State | None, action: Action) -> State:
    """Where a rule set stands after ``action``.

    Raises:
        RulesError: that may not be done to one that stands at ``state``.
    """
    if (state, action) not in NEXT:
        way = _WAYS[state].format(version)
        raise RulesError(f"rule set {version} is {state or 'not there'}: {action} is out of turn; {way}")
    return NEXT[state, action]


def check_second(version: str, first: str | None, second: str) -> None:
    """Refuse that one person alone puts rules in force: everybody's visits are weighed by them.

    Raises:
        RulesError: whoever committed the rule set would publish it too.
    """
    if second == first:
        raise RulesError(
            f"rule set {version} was committed by {first}, and a second person publishes it; "
            "they name themselves by --by NAME"
        )
