"""What a calibration table must be before it may weigh anybody: whole, monotone, bounded, never against everybody."""

from itertools import pairwise

from ingest_server.errors import CalibrationError
from ingest_server.scoring.calibration_table import Absence, Calibration, Row, alone
from ingest_server.scoring.evidence import GROUPS, by_cue
from visit_record.record import IDENTIFIER
from visit_record.vocabulary import Typology

MOST_BOUND_DB = 60.0
# Between values farther apart than floats reach a step has no figure; and what lies out there nobody ever measures.
MOST_VALUE = 1e6
# What several items of one cue can do together is looked for at every combination of their points.
MOST_POINTS = 64
# Who was at two homes at once, or under two names, is seen across visits alone.
SHOWN_BY_ONE_VISIT = frozenset(Typology) - {Typology.DOUBLE_BOOKING, Typology.SHARED_IDENTITY}


def check_calibration(table: Calibration, evidence_ids: frozenset[str]) -> None:
    """Refuse a table that may not weigh anybody.

    Raises:
        CalibrationError: naming the row that is unknown, not monotone, unbounded, lacks a typology or weighs against
            every visit.
    """
    _check_bounds(table)
    _check_prior(table)
    _check_evidence(table, evidence_ids)
    for row in table.row:
        _check_row(row, table)
    _check_cues(table)
    _check_absences(table)


def _check_bounds(table: Calibration) -> None:
    if not IDENTIFIER.fullmatch(table.version):
        raise CalibrationError("the version of a calibration is at most 64 letters, digits, and . _ - after the first")
    for name, value in (("item_bound_db", table.item_bound_db), ("group_bound_db", table.group_bound_db)):
        if not 0 < value <= MOST_BOUND_DB:
            raise CalibrationError(f"{name} of {table.version} must be above 0 and at most {MOST_BOUND_DB:g}")
    for name, value in (
        ("single_cue_limit", table.single_cue_limit),
        ("least_observed_share", table.least_observed_share),
    ):
        if not 0 < value < 1:
            raise CalibrationError(f"{name} of {table.version} must be between 0 and 1")


def _check_absences(table: Calibration) -> None:
    named = [one.group for one in table.absent]
    if unknown := sorted(set(named) - set(GROUPS)):
        raise CalibrationError(f"calibration, absence of {unknown[0]!r}: there is no such group")
    if len(set(named)) < len(named):
        raise CalibrationError(f"calibration {table.version}: an absence stands twice")
    for absence in table.absent:
        _check_absence(absence, table)


def _check_prior(table: Calibration) -> None:
    if any(not share > 0 for share in table.prior.values()):
        raise CalibrationError(f"the prior of {table.version} needs shares above 0")
    if table.prior.keys() != SHOWN_BY_ONE_VISIT:
        differing = ", ".join(sorted(table.prior.keys() ^ SHOWN_BY_ONE_VISIT))
        raise CalibrationError(
            f"the prior of {table.version} must name `genuine` and every way of faking that one visit can show, and no "
            f"other; what differs: {differing}"
        )
    if abs(sum(table.prior.values()) - 1) > 1e-6:
        raise CalibrationError(f"the prior of {table.version} sums to {sum(table.prior.values())}, not 1")


def _check_evidence(table: Calibration, evidence_ids: frozenset[str]) -> None:
    named = [row.evidence for row in table.row]
    if unknown := sorted(set(named) - evidence_ids):
        raise CalibrationError(f"calibration row {unknown[0]!r}: there is no such evidence")
    if missing := sorted(evidence_ids - set(named)):
        raise CalibrationError(f"calibration {table.version} has no row for {', '.join(missing)}")
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise CalibrationError(f"calibration row {twice[0]!r} stands twice")


def _check_row(row: Row, table: Calibration) -> None:
    name = f"calibration row {row.evidence!r}"
    _check_typologies(name, set(row.weights), table)
    if len(row.at) > MOST_POINTS:
        raise CalibrationError(f"{name}: `at` has at most {MOST_POINTS} values")
    if len(row.at) < 2 or any(right <= left for left, right in pairwise(row.at)):
        raise CalibrationError(f"{name}: `at` needs two values or more, in rising order")
    if not all(abs(value) <= MOST_VALUE for value in row.at):
        raise CalibrationError(f"{name}: `at` holds figures up to {MOST_VALUE:g}")
    for typology, weights in row.weights.items():
        _check_curve(f"{name}, {typology}", row.at, weights, table.item_bound_db)


def _check_cues(table: Calibration) -> None:
    rows = {row.evidence: row for row in table.row}
    for items in by_cue().values():
        most = alone([rows[item] for item in items], table.prior).suspicion
        if most >= table.single_cue_limit:
            raise CalibrationError(
                f"calibration row {' with '.join(map(repr, items))}: alone it could bring the suspicion to {most:.3f}; "
                f"single_cue_limit is {table.single_cue_limit}"
            )


def _check_typologies(name: str, given: set[Typology], table: Calibration) -> None:
    if missing := [t for t in table.faked if t not in given]:
        raise CalibrationError(f"{name}: it has no weights for {', '.join(missing)}")
    if extra := sorted(given - set(table.faked)):
        raise CalibrationError(f"{name}: {extra[0]} is no way of faking that the prior names")


def _check_curve(name: str, at: tuple[float, ...], weights: tuple[float, ...], bound_db: float) -> None:
    if len(weights) != len(at):
        raise CalibrationError(f"{name}: {len(weights)} weights for {len(at)} values")
    if any(not abs(weight) <= bound_db for weight in weights):
        raise CalibrationError(f"{name}: a weight is beyond the bound of {bound_db} decibans")
    # A ratio averages 1 over the honest (I. J. Good): it is not above 1 whatever is observed.
    if min(weights) > 0:
        raise CalibrationError(f"{name}: it weighs against every visit, whatever is observed")
    steps = [right - left for left, right in pairwise(weights)]
    if min(steps) < 0 < max(steps):
        raise CalibrationError(f"{name}: the curve is not monotone")


def _check_absence(absence: Absence, table: Calibration) -> None:
    name = f"calibration, absence of {absence.group!r}"
    _check_typologies(name, set(absence.weights), table)
    if any(not -table.group_bound_db <= weight <= 0 for weight in absence.weights.values()):
        raise CalibrationError(f"{name}: what could not be observed may only weigh from {-table.group_bound_db} to 0")
