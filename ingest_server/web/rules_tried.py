"""Every rule set and its history, what it asks otherwise than the live one, and what it came to where it was tried."""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from ingest_server.rules.differences import Differences, differences
from ingest_server.rules.life import State
from ingest_server.rules.movement import of_one_agency, without_visits
from ingest_server.scoring.verdict import Band
from ingest_server.store.movements import KeptMovement, Tried, kept_movement
from ingest_server.store.rule_sets import Step, StoredRules, all_rule_sets, history, live_rules
from ingest_server.store.scope import Everything, Nothing, OneAgency, Scope
from ingest_server.web.rule_reading import is_shown, parsed_or_told, stored_rules


class RuleSetLine(Struct, frozen=True):
    """A rule set in the list: ``shadow`` while it weighs beside the live one, ``steps`` its history, oldest first."""

    version: str
    state: State
    shadow: bool
    replaced: str | None
    steps: tuple[Step, ...]


class RuleSetsAnswer(Struct, frozen=True):
    """Every rule set that its reader may see: live, committed, drafts, retired, the latest step of each state first."""

    sets: tuple[RuleSetLine, ...]


class MovementsAnswer(Struct, frozen=True):
    """What a rule set would change, as it was last computed; ``null`` where nobody did.

    A supervisor is told of their own agency alone, an administrator of no visit.
    """

    version: str
    shadow: KeptMovement | None
    replay: KeptMovement | None


class ShownMovement(Struct, frozen=True):
    """A kept table, its flows between bands as rows: the band before, and how many visits went to each band after."""

    kept: KeptMovement
    flows: tuple[tuple[Band, tuple[int, ...]], ...]


_IN_ORDER = (State.LIVE, State.COMMITTED, State.DRAFT, State.RETIRED)


def rule_sets_answer(connection: Connection, scope: Scope) -> RuleSetsAnswer:
    """Every rule set that a scope may see, with its history."""
    steps: dict[str, list[Step]] = {}
    for step in history(connection):
        steps.setdefault(step.version, []).append(step)
    lines = [_line(found, steps[found.version]) for found in all_rule_sets(connection) if is_shown(found, scope)]
    return RuleSetsAnswer(tuple(sorted(lines, key=lambda line: (_IN_ORDER.index(line.state), -line.steps[-1].at_ms))))


def differences_answer(connection: Connection, scope: Scope, version: str) -> Differences:
    """What a rule set asks otherwise than the live one.

    Raises:
        NotFoundError: there is no such version to see.
        OldRulesError: either was written for another version of this program.
    """
    stored, live = stored_rules(connection, scope, version), live_rules(connection)
    return differences(parsed_or_told(live), parsed_or_told(stored))


def movements_answer(connection: Connection, scope: Scope, version: str) -> MovementsAnswer:
    """What a rule set would change, as far as a scope may know.

    Raises:
        NotFoundError: there is no such version to see.
    """
    stored = stored_rules(connection, scope, version)
    shadow, replay = (_told(connection, scope, kind, stored) for kind in (Tried.SHADOW, Tried.REPLAY))
    return MovementsAnswer(stored.version, shadow, replay)


def shown_movement(kept: KeptMovement) -> ShownMovement:
    """What a page shows of a table."""
    counts = {(flow.before, flow.after): flow.visits for flow in kept.movement.bands}
    rows = ((before, tuple(counts.get((before, after), 0) for after in Band)) for before in Band)
    return ShownMovement(kept, tuple(rows) if counts else ())


def _line(found: StoredRules, steps: list[Step]) -> RuleSetLine:
    return RuleSetLine(found.version, found.state, found.shadow, found.replaced, tuple(steps))


def _told(connection: Connection, scope: Scope, kind: Tried, stored: StoredRules) -> KeptMovement | None:
    kept = kept_movement(connection, kind, stored.version, stored.body)
    if kept is None:
        return None
    match scope:
        case Everything():
            return kept
        case OneAgency(agency):
            theirs = kept.period.agency in {None, agency}
            return replace(kept, movement=of_one_agency(kept.movement, agency)) if theirs else None
        case Nothing():
            return replace(kept, movement=without_visits(kept.movement))
