"""A rule set as a document in TOML. One that is not whole is refused at load, with the rule named."""

import re
from datetime import date
from importlib.resources import files
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from ingest_server.errors import RulesError
from ingest_server.finite_toml import read_toml
from ingest_server.rules.kinds import AnyKind, Bound
from ingest_server.scoring.verdict import Thresholds
from visit_record.record import IDENTIFIER
from visit_record.vocabulary import ExceptionClass, ExceptionCode, Typology

# What is measured is weighed by the calibration already: a rule's own word may turn doubt, and never decide.
MOST_WEIGHT_DB = 6.0
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9999, 12, 29)
# How a sentence may write what it tells: a width or a conversion could make it endless, or reach inside.
_SPEC = {"value": re.compile(r"\.[0-3][f%]"), "about": re.compile("")}


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """One meaning, said twice."""

    zh: str
    en: str


class Rule(Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One question to a visit.

    ``id`` never changes its meaning and is never given again. ``question`` is what is asked, ``basis`` the knowledge it
    rests on, ``says`` the sentence of a finding, over ``{value}`` and ``{about}``. ``asks`` is the kind of question
    with its parameters. Asked of visits that check in from ``effective_from`` to ``effective_until``, both included; of
    all where there is no such day.
    ``weight`` is what a finding weighs for each typology against ``genuine``, in decibans.
    """

    id: str
    question: Said
    basis: Said
    says: Said
    code: ExceptionCode
    class_: ExceptionClass
    asks: AnyKind
    effective_from: date | None = None
    effective_until: date | None = None
    weight: dict[Typology, float] = {}


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole set. ``time_zone`` is the IANA zone whose days the effective dates are."""

    version: str
    time_zone: str
    weight_bound_db: float
    thresholds: Thresholds
    rule: tuple[Rule, ...]


class _Document(Struct, frozen=True, forbid_unknown_fields=True):
    """A set whose rules are not read yet, so that a refusal can name the one."""

    version: str
    time_zone: str
    weight_bound_db: float
    thresholds: Thresholds
    rule: tuple[dict[str, Any], ...]


def parse_rules(text: str, evidence_ids: frozenset[str]) -> RuleSet:
    """Read a rule set in TOML.

    Raises:
        RulesError: naming the rule that is malformed, unknown, unbounded or there twice; or the set is empty.
    """
    try:
        document = msgspec.convert(read_toml(text), _Document)
    except ValueError as cause:  # of TOML, of a figure, or msgspec's
        raise RulesError(f"the rules cannot be read: {cause}") from cause
    _check_set(document)
    rules = tuple(_read(place, table) for place, table in enumerate(document.rule, start=1))
    for rule in rules:
        _check(rule, document.weight_bound_db, evidence_ids)
    ids = [rule.id for rule in rules]
    if doubled := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise RulesError(f"rules of {document.version}: the id {doubled[0]!r} stands twice")
    return RuleSet(document.version, document.time_zone, document.weight_bound_db, document.thresholds, rules)


def shipped_text() -> str:
    """The document that ships with this version."""
    return files("ingest_server.rules").joinpath("rules.toml").read_text("utf-8")


def shipped_rules(evidence_ids: frozenset[str]) -> RuleSet:
    """The rule set that ships with this version.

    Raises:
        RulesError: as :func:`parse_rules`.
    """
    return parse_rules(shipped_text(), evidence_ids)


def _read(place: int, table: dict[str, Any]) -> Rule:
    try:
        return msgspec.convert(table, Rule)
    except msgspec.ValidationError as cause:
        raise RulesError(f"rule {table.get('id', f'number {place}')!r}: {cause}") from cause


def _check_set(document: _Document) -> None:
    name = f"the rules of {document.version!r}"
    if not IDENTIFIER.fullmatch(document.version):
        raise RulesError(f"{name}: a version is at most 64 letters, digits, and . _ - after the first")
    if not document.rule:
        raise RulesError(f"{name}: a rule set without a rule asks nothing")
    if not 0 <= document.weight_bound_db <= MOST_WEIGHT_DB:
        raise RulesError(f"{name}: weight_bound_db is not within 0 and {MOST_WEIGHT_DB:g}")
    if document.thresholds.agency is not None:
        raise RulesError(f"{name}: its thresholds are every agency's; set one agency's own with a command")
    if not document.thresholds.rising:
        raise RulesError(f"{name}: thresholds must be 0 < review <= hold <= 1")
    try:
        ZoneInfo(document.time_zone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as cause:
        raise RulesError(f"{name}: there is no time zone {document.time_zone!r}") from cause


def _check(rule: Rule, bound_db: float, evidence_ids: frozenset[str]) -> None:
    name = f"rule {rule.id!r}"
    if not IDENTIFIER.fullmatch(rule.id):
        raise RulesError(f"{name}: an id is at most 64 letters, digits, and . _ - after the first")
    if isinstance(rule.asks, Bound):
        _check_bound(name, rule.asks, evidence_ids)
    _check_days(name, rule)
    if Typology.GENUINE in rule.weight:
        raise RulesError(f"{name}: every weight is against genuine already")
    if any(not abs(weight) <= bound_db for weight in rule.weight.values()):
        raise RulesError(f"{name}: a weight is beyond the bound of {bound_db:g} decibans")
    for said in (rule.question, rule.basis, rule.says):
        if not (said.zh.strip() and said.en.strip()):
            raise RulesError(f"{name}: question, basis and says need words in both languages")
    _check_says(name, rule)


def _check_bound(name: str, bound: Bound, evidence_ids: frozenset[str]) -> None:
    if bound.evidence not in evidence_ids:
        raise RulesError(f"{name}: there is no evidence {bound.evidence!r}")
    limits = [limit for limit in (bound.least, bound.most) if limit is not None]
    if not limits or limits != sorted(limits):
        raise RulesError(f"{name}: a bound needs `least` or `most`, and `least` not above `most`")


def _check_days(name: str, rule: Rule) -> None:
    days = [day for day in (rule.effective_from, rule.effective_until) if day is not None]
    if any(not FIRST_DAY <= day <= LAST_DAY for day in days):
        raise RulesError(f"{name}: its days lie between {FIRST_DAY} and {LAST_DAY}")
    if days != sorted(days):
        raise RulesError(f"{name}: effective_until {rule.effective_until} is before effective_from")


def _check_says(name: str, rule: Rule) -> None:
    """A sentence may tell the value and what it is about, plainly written, and reach into nothing else."""
    for text in (rule.says.zh, rule.says.en):
        try:
            told = [(field, spec, how) for _, field, spec, how in Formatter().parse(text) if field is not None]
        except ValueError as cause:
            raise RulesError(f"{name}: its sentence {text!r} cannot be said: {cause}") from cause
        for field, spec, how in told:
            if field not in rule.asks.says_with or how or not _SPEC[field].fullmatch(spec or ""):
                raise RulesError(f"{name}: its sentence {text!r} cannot tell {field!r} so")
