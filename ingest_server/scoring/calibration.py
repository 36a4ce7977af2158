"""What a measured value weighs: monotone curves in decibans for each typology against ``genuine``, as data.

A table that is not whole, not monotone or not bounded is refused at load, with its row named; nothing is ever guessed
at scoring.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from itertools import pairwise
from math import isfinite

import msgspec
from msgspec import Struct

from ingest_server.errors import CalibrationError
from visit_record.vocabulary import Typology

CURRENT = "staged-1"


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of one item of evidence at the measured values ``at``: linear between them, level beyond their ends.

    ``source`` says what the row was fitted on.
    """

    evidence: str
    source: str
    at: tuple[float, ...]
    weights: dict[Typology, tuple[float, ...]]


class Absence(Struct, frozen=True, forbid_unknown_fields=True):
    """What it weighs that nothing of a group could be observed: never against the visit."""

    group: str
    source: str
    weights: dict[Typology, float]


class Calibration(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole table.

    ``prior`` is the share of visits of each kind before any evidence; ``item_bound_db`` and ``group_bound_db`` hold
    one item and one sense; ``single_cue_limit`` is the suspicion that no single item may reach alone;
    ``least_observed_share`` the share of evidence below which there is too little to say anything.
    """

    version: str
    prior: dict[Typology, float]
    item_bound_db: float
    group_bound_db: float
    single_cue_limit: float
    least_observed_share: float
    row: tuple[Row, ...]
    absent: tuple[Absence, ...] = ()

    @property
    def faked(self) -> tuple[Typology, ...]:
        """The ways of faking that it weighs, in order."""
        return tuple(typology for typology in self.prior if typology is not Typology.GENUINE)


def parse_calibration(text: str, evidence_ids: frozenset[str]) -> Calibration:
    """Read a table in TOML.

    Raises:
        CalibrationError: naming the row that is malformed, unknown, not monotone, unbounded or lacks a typology.
    """
    try:
        table = msgspec.convert(tomllib.loads(text), Calibration)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        raise CalibrationError(f"the calibration cannot be read: {cause}") from cause
    check_calibration(table, evidence_ids)
    return table


def check_calibration(table: Calibration, evidence_ids: frozenset[str]) -> None:
    """Refuse a table that may not weigh anybody.

    Raises:
        CalibrationError: naming the row that is unknown, not monotone, unbounded or lacks a typology.
    """
    _check_prior(table)
    _check_evidence(table, evidence_ids)
    for row in table.row:
        _check_row(row, table)
    for absence in table.absent:
        _check_absence(absence, table)


def shipped_calibration(evidence_ids: frozenset[str], version: str = CURRENT) -> Calibration:
    """A table that ships with this version: the one that weighs new visits, or an earlier one.

    Raises:
        CalibrationError: none of that version ships; or as :func:`parse_calibration`.
    """
    shipped = shipped_versions()
    if version not in shipped:
        raise CalibrationError(f"no calibration {version!r} ships; there are {', '.join(shipped)}")
    text = files("ingest_server.scoring").joinpath("calibrations", f"{version}.toml").read_text("utf-8")
    return parse_calibration(text, evidence_ids)


def shipped_versions() -> tuple[str, ...]:
    """The versions of the tables that ship, by name."""
    folder = files("ingest_server.scoring").joinpath("calibrations")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def alone(row: Row, table: Calibration) -> float:
    """The highest suspicion that a row can bring about by itself, on a visit of which nothing else is known."""
    return max(suspicion(table, {t: row.weights[t][nth] for t in table.faked}) for nth in range(len(row.at)))


def suspicion(table: Calibration, weights: Mapping[Typology, float]) -> float:
    """The suspicion after evidence that weighs so many decibans for each way of faking."""
    odds = sum(table.prior[t] * 10 ** (weight / 10) for t, weight in weights.items()) / table.prior[Typology.GENUINE]
    return odds / (1 + odds)


def _check_prior(table: Calibration) -> None:
    if Typology.GENUINE not in table.prior or any(share <= 0 for share in table.prior.values()):
        raise CalibrationError(f"the prior of {table.version} needs `genuine`, and shares above 0")
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
    if len(row.at) < 2 or not all(map(isfinite, row.at)) or any(right <= left for left, right in pairwise(row.at)):
        raise CalibrationError(f"{name}: `at` needs two values or more, in rising order")
    for typology, weights in row.weights.items():
        _check_curve(f"{name}, {typology}", row.at, weights, table.item_bound_db)
    if alone(row, table) >= table.single_cue_limit:
        raise CalibrationError(f"{name}: alone it could bring the suspicion to {table.single_cue_limit}")


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
    steps = [right - left for left, right in pairwise(weights)]
    if min(steps) < 0 < max(steps):
        raise CalibrationError(f"{name}: the curve is not monotone")


def _check_absence(absence: Absence, table: Calibration) -> None:
    name = f"calibration, absence of {absence.group!r}"
    _check_typologies(name, set(absence.weights), table)
    if any(not -table.group_bound_db <= weight <= 0 for weight in absence.weights.values()):
        raise CalibrationError(f"{name}: what could not be observed may only weigh from {-table.group_bound_db} to 0")
