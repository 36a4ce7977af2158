"""What a command means by a calibration: one that ships by its version, or a file that holds one."""

from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from ingest_server.errors import CalibrationError, RulesError
from ingest_server.scoring.calibration import Calibration, parse_calibration, shipped_calibration, shipped_versions
from ingest_server.scoring.evidence import EVIDENCE_IDS
from visit_record.record import IDENTIFIER

MOST_BYTES = 1_048_576


def named_calibration(name: str) -> Calibration:
    """A shipped calibration by its version, or one in a file, whose version then ends in a hash of its text.

    Verdicts are kept by version: those of a file that is edited must not pass for those of what it says now.

    Raises:
        CalibrationError: there is none, it is refused, its version is too long, or the file has the version of one that
            ships and differs.
    """
    if not is_file(name):
        return shipped_calibration(EVIDENCE_IDS, name)
    text = small_text(Path(name), CalibrationError)
    table = parse_calibration(text, EVIDENCE_IDS)
    if table.version not in shipped_versions():
        return _by_its_text(table, text)
    if table != shipped_calibration(EVIDENCE_IDS, table.version):
        raise CalibrationError(f"{name} says version {table.version}, which ships and is another; name it anew")
    return table


def _by_its_text(table: Calibration, text: str) -> Calibration:
    version = f"{table.version}-{sha256(text.encode()).hexdigest()[:12]}"
    if not IDENTIFIER.fullmatch(version):
        raise CalibrationError(f"the version {table.version} is too long, with a hash of the text to be kept by")
    return replace(table, version=version)


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
