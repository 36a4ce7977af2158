"""How this server counts visits: the calibrations it knows, and its region's tariff."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ingest_server.authenticity.counting import Counting
from ingest_server.authenticity.tariff import Tariff, parse_tariff, shipped_tariff
from ingest_server.errors import CalibrationError, TariffError
from ingest_server.scoring.calibration import CURRENT, Calibration, shipped_calibration, shipped_versions
from ingest_server.scoring.evidence import EVIDENCE_IDS
from visit_record.catalogue import service_items
from visit_record.vocabulary import Typology

TARIFF_FILE: Final = "tariff.toml"


def chosen_counting(data_dir: Path) -> Counting:
    """The priors of every calibration that ships, and the tariff in the data folder, or else the example that ships.

    Raises:
        TariffError: the tariff cannot be read, or is refused.
        CalibrationError: a shipped calibration is refused.
    """
    calibrations = [shipped_calibration(EVIDENCE_IDS, version) for version in shipped_versions()]
    return counting_under(calibrations, _tariff(data_dir / TARIFF_FILE))


def counting_under(calibrations: list[Calibration], tariff: Tariff) -> Counting:
    """Counting of verdicts under these calibrations."""
    priors = {calibration.version: 1 - calibration.prior[Typology.GENUINE] for calibration in calibrations}
    return Counting(lambda version: _prior(priors, version), tariff, service_items())


def _prior(priors: Mapping[str, float], version: str) -> float:
    try:
        return priors[version]
    except KeyError as cause:
        raise CalibrationError(
            f"there are verdicts under calibration {version!r}, which this version has not; weigh those visits again "
            f"with `ingest-server score --since 1970-01-01 --calibration {CURRENT} --adopt`"
        ) from cause


def _tariff(file: Path) -> Tariff:
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return shipped_tariff()
    except (OSError, UnicodeDecodeError) as cause:
        raise TariffError(f"cannot read {file}: {cause}") from cause
    try:
        return parse_tariff(text)
    except TariffError as cause:
        raise TariffError(f"{file}: {cause}") from cause
