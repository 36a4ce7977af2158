"""Rule sets and thresholds as their readers see them: what holds, since when, and for whom."""

from functools import lru_cache

import structlog
from msgspec import Struct
from sqlalchemy import Connection

from ingest_server.errors import RulesError
from ingest_server.rules.life import Action, State
from ingest_server.rules.rule_set import Rule, RuleSet, parse_rules
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.verdict import Thresholds
from ingest_server.store.rule_sets import StoredRules, all_rule_sets, find_rules, history, live_rules
from ingest_server.store.scope import OneAgency, Scope
from ingest_server.store.thresholds import own_thresholds
from ingest_server.web.errors import NotFoundError, OldRulesError
from visit_record.vocabulary import ExceptionCode

log = structlog.get_logger()
_WENT_LIVE = frozenset({Action.PUBLISH, Action.RESTORE})


class RulesAnswer(Struct, frozen=True):
    """A rule set and where it stands.

    ``live_since_ms`` is when it last went live, ``None`` for one that never did; ``own_thresholds`` are those of the
    reader's agency, or of all agencies that have their own; ``versions`` are the others that may be asked for.
    """

    version: str
    state: State
    live_since_ms: int | None
    time_zone: str
    weight_bound_db: float
    thresholds: Thresholds
    own_thresholds: tuple[Thresholds, ...]
    versions: tuple[str, ...]
    rules: tuple[Rule, ...]


def rules_answer(connection: Connection, scope: Scope, version: str | None) -> RulesAnswer:
    """The live rule set, or another; a draft for the fund and administrators alone.

    Raises:
        NotFoundError: there is no such version to see.
        OldRulesError: it was written for another version of this program.
    """
    stored = stored_rules(connection, scope, version)
    rule_set = parsed_or_told(stored)
    others = [found.version for found in all_rule_sets(connection) if is_shown(found, scope)]
    return RulesAnswer(
        version=stored.version,
        state=stored.state,
        live_since_ms=_live_since_ms(connection, stored.version),
        time_zone=rule_set.time_zone,
        weight_bound_db=rule_set.weight_bound_db,
        thresholds=rule_set.thresholds,
        own_thresholds=_own(connection, scope),
        versions=tuple(others),
        rules=rule_set.rule,
    )


def live_codes(connection: Connection) -> frozenset[ExceptionCode]:
    """The exceptions that the rules in force may raise; none where this program cannot read them.

    Raises:
        RulesError: no rule set is live.
    """
    rule_set = rules_by_which(connection, live_rules(connection).version)
    return frozenset() if rule_set is None else frozenset(rule.code for rule in rule_set.rule)


def rules_by_which(connection: Connection, version: str) -> RuleSet | None:
    """The rule set that a verdict names; ``None`` where this program has none of that version, or cannot read it."""
    stored = find_rules(connection, version)
    try:
        return None if stored is None else _parsed(stored.body)
    except RulesError as failure:
        log.warning("rule set cannot be read", rules=version, detail=str(failure))
        return None


@lru_cache(maxsize=32)
def _parsed(body: str) -> RuleSet:
    return parse_rules(body, EVIDENCE_IDS)


def parsed_or_told(stored: StoredRules) -> RuleSet:
    """What a rule set says.

    Raises:
        OldRulesError: it was written for another version of this program.
    """
    try:
        return _parsed(stored.body)
    except RulesError as cause:
        log.warning("rule set cannot be read", rules=stored.version, detail=str(cause))
        raise OldRulesError from cause


def stored_rules(connection: Connection, scope: Scope, version: str | None) -> StoredRules:
    """A rule set that a scope may see, the live one unless another is named.

    Raises:
        NotFoundError: there is no such version to see.
    """
    if version is None:
        return live_rules(connection)
    found = find_rules(connection, version)
    if found is None or not is_shown(found, scope):
        raise NotFoundError
    return found


def is_shown(found: StoredRules, scope: Scope) -> bool:
    """Whether a scope may see a rule set: what a draft says may change, and is not for the supervised."""
    return found.state is not State.DRAFT or not isinstance(scope, OneAgency)


def _live_since_ms(connection: Connection, version: str) -> int | None:
    return max((step.at_ms for step in history(connection, version) if step.action in _WENT_LIVE), default=None)


def _own(connection: Connection, scope: Scope) -> tuple[Thresholds, ...]:
    own = own_thresholds(connection)
    return tuple(own[agency] for agency in sorted(own) if not isinstance(scope, OneAgency) or scope.agency == agency)
