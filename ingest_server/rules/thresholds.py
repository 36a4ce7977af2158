"""How low a threshold may be set: never so low that one single cue could put a visit up for review. Pure."""

from collections.abc import Mapping

from ingest_server.errors import RulesError
from ingest_server.rules.rule_set import RuleSet
from ingest_server.scoring.calibration import Calibration, alone, suspicion
from ingest_server.scoring.evidence import EVIDENCE, by_cue
from ingest_server.scoring.verdict import Thresholds
from visit_record.vocabulary import Typology


def check_thresholds(thresholds: Thresholds, calibration: Calibration, rule_set: RuleSet) -> None:
    """Refuse thresholds that are no shares in rising order, or that one single cue could pass.

    Raises:
        RulesError: saying how low they may be.
    """
    if not thresholds.rising:
        raise RulesError("thresholds must be 0 < review <= hold <= 1")
    cue, most = strongest_cue(calibration, rule_set)
    if thresholds.review <= most:
        raise RulesError(
            f"a review threshold of {thresholds.review:g} could be passed by one cue alone: {cue} alone reaches a "
            f"suspicion of {most:.3f} under calibration {calibration.version}; set it above that"
        )


def bearable(overrides: Mapping[str, Thresholds], calibration: Calibration, rule_set: RuleSet) -> dict[str, Thresholds]:
    """The overrides that one single cue cannot pass, under a calibration that may be newer than they are."""
    _, most = strongest_cue(calibration, rule_set)
    return {agency: thresholds for agency, thresholds in overrides.items() if thresholds.review > most}


def strongest_cue(calibration: Calibration, rule_set: RuleSet) -> tuple[str, float]:
    """The cue, or the rule, that alone can make a visit most suspicious, and how suspicious.

    A rule that asks about an item of evidence weighs with it; one that asks about something else is a cue of its own.
    """
    by_rules, prior = _by_rules(rule_set), calibration.prior
    rows = {row.evidence: row for row in calibration.row}
    cues = {
        " + ".join(items): alone([rows[item] for item in items], prior, by_rules.pop(cue, {})).suspicion
        for cue, items in by_cue().items()
    }
    cues |= {rule: suspicion(prior, _of_all(weights, calibration)) for rule, weights in by_rules.items()}
    return max(cues.items(), key=lambda cue: cue[1])


def _by_rules(rule_set: RuleSet) -> dict[str, dict[Typology, float]]:
    """What rules weigh against a visit, by the cue that they ask about, else by their ids."""
    cue_of = {item.id: item.cue for item in EVIDENCE}
    found: dict[str, dict[Typology, float]] = {}
    for rule in rule_set.rule:
        about = found.setdefault(cue_of.get(rule.asks.reads or "", rule.id), {})
        for typology, weight in rule.weight.items():
            about[typology] = min(rule_set.weight_bound_db, about.get(typology, 0.0) + max(0.0, weight))
    return found


def _of_all(weights: Mapping[Typology, float], calibration: Calibration) -> dict[Typology, float]:
    return {typology: weights.get(typology, 0.0) for typology in calibration.faked}
