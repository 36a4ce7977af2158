"""Which rule set a command means, the live one, a stored one or one in a file, and whether it may go live."""

from pathlib import Path

from sqlalchemy import Connection

from ingest_server.errors import RulesError
from ingest_server.named import is_file, small_text
from ingest_server.rules.life import State
from ingest_server.rules.rule_set import RuleSet, parse_rules
from ingest_server.rules.thresholds import check_thresholds
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.rule_sets import find_rules, live_rules, rules_of


def live_rule_set(connection: Connection) -> RuleSet:
    """The one that weighs new visits.

    Raises:
        RulesError: none is live, or this program cannot read it.
    """
    return parse_rules(live_rules(connection).body, EVIDENCE_IDS)


def settled_rules(connection: Connection, version: str) -> RuleSet:
    """A stored rule set that does not change any more.

    Raises:
        RulesError: there is none, it is a draft, or this program cannot read it.
    """
    stored = rules_of(connection, version)
    if stored.state is State.DRAFT:
        raise RulesError(f"rule set {version} is a draft and may change; commit it, or replay it")
    return parse_rules(stored.body, EVIDENCE_IDS)


def named_rules(connection: Connection, name: str) -> RuleSet:
    """A stored rule set by its version, or one in a file.

    Raises:
        RulesError: there is none, it is refused, or the file has a version that is stored with another text.
    """
    if not is_file(name):
        return parse_rules(rules_of(connection, name).body, EVIDENCE_IDS)
    text = rules_text(Path(name))
    rule_set = parse_rules(text, EVIDENCE_IDS)
    stored = find_rules(connection, rule_set.version)
    if stored is not None and stored.body != text:
        raise RulesError(f"{name} says version {rule_set.version}, which is stored with another text; name it anew")
    return rule_set


def rules_text(file: Path) -> str:
    """A file's text.

    Raises:
        RulesError: it cannot be read as text.
    """
    return small_text(file, RulesError)


def fit_to_go_live(text: str) -> RuleSet:
    """The rule set that a text holds, refused unless it may go live under the calibration in use.

    Raises:
        RulesError: it is malformed, or one cue alone could pass its threshold.
    """
    rule_set = parse_rules(text, EVIDENCE_IDS)
    check_thresholds(rule_set.thresholds, shipped_calibration(EVIDENCE_IDS), rule_set)
    return rule_set
