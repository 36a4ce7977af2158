"""Which rule set a command means, the live one, a stored one or one in a file, and whether it may go live."""

from pathlib import Path

from sqlalchemy import Connection

from ingest_server.errors import RulesError
from ingest_server.named import is_file, or_a_file, small_text
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


def require_live(connection: Connection, rule_set: RuleSet) -> None:
    """Refuse rules by which no verdict may stand: what lists and pages show is by the rules that were put in force.

    Raises:
        RulesError: they are not the live ones; it says how they become so.
    """
    version, live = rule_set.version, live_rules(connection).version
    if version == live:
        return
    way = {
        State.COMMITTED: f"publish it first: `ingest-server rules publish {version}`",
        State.RETIRED: "go back to it first: `ingest-server rules rollback`, as often as it takes, or publish its text "
        "under a new version",
    }[rules_of(connection, version).state]
    raise RulesError(f"verdicts under rule set {version} may not stand while {live} is live; {way}")


def named_text(connection: Connection, name: str) -> str:
    """The text of a stored rule set by its version, or of one in a file.

    Raises:
        RulesError: there is none, it is refused, or the file has a version that is stored with another text.
    """
    if not is_file(name):
        return _stored_text(connection, name)
    text = rules_text(Path(name))
    version = parse_rules(text, EVIDENCE_IDS).version
    stored = find_rules(connection, version)
    if stored is not None and stored.body != text:
        raise RulesError(f"{name} says version {version}, which is stored with another text; name it anew")
    return text


def _stored_text(connection: Connection, version: str) -> str:
    try:
        return rules_of(connection, version).body
    except RulesError as cause:
        raise RulesError(f"{cause}{or_a_file(version)}") from cause


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
