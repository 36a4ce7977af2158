"""What a rule set must be before it may ask anybody: whole, bounded and sayable, rule by rule."""

import re
from datetime import date
from string import Formatter

from ingest_server.errors import RulesError, TimeZoneError
from ingest_server.local_days import zone_named
from ingest_server.rules.kinds import AnyKind, Bound, EndedAs
from ingest_server.rules.rule_table import Document, Rule
from ingest_server.scoring.calibration_checks import SHOWN_BY_ONE_VISIT
from visit_record.record import IDENTIFIER
from visit_record.vocabulary import Ending, Typology

# What is measured is weighed by the calibration already: a rule's own word may turn doubt, and never decide.
MOST_WEIGHT_DB = 6.0
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9999, 12, 29)
# How a sentence may write what it tells: a width or a conversion could make it endless, or reach inside.
_SPEC = {"value": re.compile(r"\.[0-3][f%]"), "about": re.compile("")}


def check_set(document: Document) -> None:
    """Refuse a set that may not ask anything, whatever its rules.

    Raises:
        RulesError: saying what of the set is malformed, unbounded or missing.
    """
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
        raise RulesError(f"{name}: thresholds must be 0 < review <= hold < 1")
    try:
        zone_named(document.time_zone)
    except TimeZoneError as cause:
        raise RulesError(f"{name}: {cause}") from cause


def check_rule(rule: Rule, bound_db: float, evidence_ids: frozenset[str]) -> None:
    """Refuse a rule that may not ask, or may not be told.

    Raises:
        RulesError: naming the rule.
    """
    name = f"rule {rule.id!r}"
    if not IDENTIFIER.fullmatch(rule.id):
        raise RulesError(f"{name}: an id is at most 64 letters, digits, and . _ - after the first")
    if isinstance(rule.asks, Bound):
        _check_bound(name, rule.asks, evidence_ids)
    _check_days(name, rule)
    _check_weights(name, rule, bound_db)
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


def _check_weights(name: str, rule: Rule, bound_db: float) -> None:
    if Typology.GENUINE in rule.weight:
        raise RulesError(f"{name}: every weight is against genuine already")
    if unweighed := sorted(rule.weight.keys() - SHOWN_BY_ONE_VISIT):
        raise RulesError(f"{name}: no single visit shows {unweighed[0]}, and no calibration weighs it; leave it out")
    if any(not abs(weight) <= bound_db for weight in rule.weight.values()):
        raise RulesError(f"{name}: a weight is beyond the bound of {bound_db:g} decibans")
    if any(weight > 0 for weight in rule.weight.values()):
        _check_blame(name, rule.asks)


def _check_blame(name: str, asks: AnyKind) -> None:
    if isinstance(asks, EndedAs) and Ending.CHECKED_OUT in asks.endings:
        raise RulesError(f"{name}: whoever has checked_out did as everybody should; that may not weigh against a visit")
    # Not observable is not guilty: else a broken sensor would accuse whoever stood before it.
    if asks.of_the_unobserved:
        raise RulesError(f"{name}: what could not be observed may not weigh against a visit; its weights are at most 0")


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
