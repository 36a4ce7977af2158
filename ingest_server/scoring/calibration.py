"""Reading calibration tables. One that is not whole, monotone or bounded is refused with its row named; nothing is ever
guessed at scoring.
"""

from functools import cache
from importlib.resources import files

import msgspec

from ingest_server.errors import CalibrationError
from ingest_server.finite_toml import read_toml
from ingest_server.scoring.calibration_checks import check_calibration
from ingest_server.scoring.calibration_table import Absence, Calibration, Row, alone, suspicion
from visit_record.first_use import known

__all__ = [
    "CURRENT",
    "Absence",
    "Calibration",
    "Row",
    "alone",
    "check_calibration",
    "parse_calibration",
    "shipped_calibration",
    "shipped_versions",
    "suspicion",
]

CURRENT = "staged-3"


def parse_calibration(text: str, evidence_ids: frozenset[str]) -> Calibration:
    """Read a table in TOML.

    Raises:
        CalibrationError: naming the row that is malformed, unknown, not monotone, unbounded, lacks a typology or
            weighs against every visit.
    """
    try:
        table = msgspec.convert(read_toml(text), known(Calibration))
    except (ValueError, msgspec.ValidationError) as cause:
        raise CalibrationError(f"the calibration cannot be read: {cause}") from cause
    check_calibration(table, evidence_ids)
    return table


@cache
def shipped_calibration(evidence_ids: frozenset[str], version: str = CURRENT) -> Calibration:
    """A table that ships with this version: the one that weighs new visits, or an earlier one. Read once.

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
