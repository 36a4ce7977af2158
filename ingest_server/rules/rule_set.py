"""Reading rule sets in TOML. One that is not whole is refused at load, with the rule named."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from ingest_server.errors import RulesError
from ingest_server.finite_toml import read_toml
from ingest_server.rules.rule_checks import check_rule, check_set
from ingest_server.rules.rule_table import Document, Rule, RuleSet
from visit_record.first_use import known

__all__ = ["Rule", "RuleSet", "parse_rules", "shipped_rules", "shipped_text"]


def parse_rules(text: str, evidence_ids: frozenset[str]) -> RuleSet:
    """Read a rule set in TOML.

    Raises:
        RulesError: naming the rule that is malformed, unknown, unbounded or there twice; or the set is empty.
    """
    try:
        document = msgspec.convert(read_toml(text), known(Document))
    except ValueError as cause:  # of TOML, of a figure, or msgspec's
        raise RulesError(f"the rules cannot be read: {cause}") from cause
    check_set(document)
    rules = tuple(_read(place, table) for place, table in enumerate(document.rule, start=1))
    for rule in rules:
        check_rule(rule, document.weight_bound_db, evidence_ids)
    ids = [rule.id for rule in rules]
    if doubled := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise RulesError(f"rules of {document.version}: the id {doubled[0]!r} stands twice")
    return RuleSet(document.version, document.time_zone, document.weight_bound_db, document.thresholds, rules)


def shipped_text() -> str:
    """The document that ships with this version."""
    return files("ingest_server.rules").joinpath("rules.toml").read_text("utf-8")


@cache
def shipped_rules(evidence_ids: frozenset[str]) -> RuleSet:
    """The rule set that ships with this version. Read once.

    Raises:
        RulesError: as :func:`parse_rules`.
    """
    return parse_rules(shipped_text(), evidence_ids)


def _read(place: int, table: dict[str, Any]) -> Rule:
    try:
        return msgspec.convert(table, known(Rule))
    except msgspec.ValidationError as cause:
        raise RulesError(f"rule {table.get('id', f'number {place}')!r}: {cause}") from cause
