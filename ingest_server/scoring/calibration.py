"""What a measured value weighs: curves in decibans for each typology against ``genuine``, as data.

A table that is not whole or not bounded is refused at load, with its row named; nothing is ever guessed at scoring.
"""

import tomllib
from importlib.resources import files
from itertools import pairwise

import msgspec
from msgspec import Struct

from ingest_server.errors import CalibrationError
from visit_record.vocabulary import Typology

CURRENT = "first-by-hand-1"
Curve = tuple[tuple[float, float], ...]


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of one item of evidence; a typology without a curve is one that it says nothing about."""

    evidence: str
    source: str
    curves: dict[Typology, Curve]


class Calibration(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole table.

    ``prior`` is the share of visits of each kind before any evidence; ``item_bound_db`` and ``group_bound_db`` hold
    one item and one sense; ``review_threshold`` is the suspicion from which a person should look;
    ``least_observed_share`` the share of evidence below which there is too little to say anything.
    """

    version: str
    prior: dict[Typology, float]
    item_bound_db: float
    group_bound_db: float
    review_threshold: float
    least_observed_share: float
    row: tuple[Row, ...]


def parse_calibration(text: str, evidence_ids: frozenset[str]) -> Calibration:
    """Read a table in TOML.

    Raises:
        CalibrationError: naming the row that is malformed, unknown, unordered or unbounded.
    """
    try:
        table = msgspec.convert(tomllib.loads(text), Calibration)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        raise CalibrationError(f"the calibration cannot be read: {cause}") from cause
    _check_prior(table)
    for row in table.row:
        _check_row(row, table.item_bound_db, evidence_ids)
    if missing := evidence_ids - {row.evidence for row in table.row}:
        raise CalibrationError(f"calibration {table.version} has no row for {', '.join(sorted(missing))}")
    return table


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


def decibans(curve: Curve, value: float) -> float:
    """The weight of a value: linear between the curve's points, level beyond its ends."""
    if value <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return curve[-1][1]


def _check_prior(table: Calibration) -> None:
    if Typology.GENUINE not in table.prior or any(share <= 0 for share in table.prior.values()):
        raise CalibrationError(f"the prior of {table.version} needs `genuine`, and shares above 0")
    if abs(sum(table.prior.values()) - 1) > 1e-6:
        raise CalibrationError(f"the prior of {table.version} sums to {sum(table.prior.values())}, not 1")


def _check_row(row: Row, bound_db: float, evidence_ids: frozenset[str]) -> None:
    if row.evidence not in evidence_ids:
        raise CalibrationError(f"calibration row {row.evidence!r}: there is no such evidence")
    for typology, curve in row.curves.items():
        name = f"calibration row {row.evidence!r}, {typology}"
        if typology is Typology.GENUINE:
            raise CalibrationError(f"{name}: every curve is against genuine already")
        if len(curve) < 2 or any(right <= left for (left, _), (right, _) in pairwise(curve)):
            raise CalibrationError(f"{name}: a curve needs two points or more, in rising order of value")
        if any(abs(weight) > bound_db for _, weight in curve):
            raise CalibrationError(f"{name}: a weight is beyond the bound of {bound_db} decibans")
