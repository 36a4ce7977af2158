"""What a command means by a calibration: one that ships by its version, or a file that holds one."""

from pathlib import Path

from ingest_server.errors import CalibrationError, RulesError
from ingest_server.scoring.calibration import Calibration, parse_calibration, shipped_calibration, shipped_versions
from ingest_server.scoring.evidence import EVIDENCE_IDS

MOST_BYTES = 1_048_576


def named_calibration(name: str) -> Calibration:
    """A shipped calibration by its version, or one in a file.

    Raises:
        CalibrationError: there is none, it is refused, or the file has the version of one that ships and differs.
    """
    if not is_file(name):
        return shipped_calibration(EVIDENCE_IDS, name)
    table = parse_calibration(small_text(Path(name), CalibrationError), EVIDENCE_IDS)
    if table.version in shipped_versions() and table != shipped_calibration(EVIDENCE_IDS, table.version):
        raise CalibrationError(f"{name} says version {table.version}, which ships and is another; name it anew")
    return table


def is_file(name: str) -> bool:
    """Whether a name is a file's, not a version's."""
    return name.endswith(".toml") or "/" in name


def small_text(file: Path, refused: type[RulesError | CalibrationError]) -> str:
    """A file's text, of no more than :data:`MOST_BYTES`.

    Raises:
        RulesError, CalibrationError: as ``refused`` says: it cannot be read as text.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise refused(f"{file} is larger than {MOST_BYTES} bytes; it is something else")
        return content.decode("utf-8")
    except OSError as cause:
        raise refused(f"cannot read {file}: {cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise refused(f"{file} is no text in UTF-8") from cause
