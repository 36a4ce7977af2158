"""A recorded NMEA 0183 log as a position sensor."""

from collections.abc import Iterator
from pathlib import Path

from edge_agent.errors import SensorError, UnreadableFileError
from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea import Tally, positions
from edge_agent.sensors.receiver_format import NMEA, foreign_kind, recognise
from edge_agent.system_words import PATH_AND_RIGHTS, why_zh
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

# Enough of a log to tell its format by.
HEAD_BYTES = 1 << 20
# A binary stretch without a line break is no sentence, however long it is; NMEA 0183 allows 82 characters.
LONGEST_LINE_BYTES = 4096
_GIVE_A_LOG = Words("请给出接收器的日志", "give a receiver's log")


def log_format(path: Path) -> str:
    """The format of a receiver's log, as :func:`edge_agent.sensors.receiver_format.recognise` names it.

    Raises:
        UnreadableFileError: the file cannot be opened, is empty, or is sound, a picture or an array.
    """
    try:
        with path.open("rb") as log:
            head = log.read(HEAD_BYTES)
    except OSError as cause:
        raise UnreadableFileError(
            f"cannot read {path}: {cause.strerror or cause}", f"无法读取 {path}：{why_zh(cause)}", PATH_AND_RIGHTS
        ) from cause
    if not head.strip():
        raise UnreadableFileError(f"{path} is empty", f"{path} 是空文件", _GIVE_A_LOG)
    kind = foreign_kind(head)
    if kind is not None:
        raise UnreadableFileError(f"{path} is a {kind} file", f"{path} 是 {kind} 文件", _GIVE_A_LOG)
    return recognise(head)


class NmeaFile:
    """Replays the positions of an NMEA log; the log's own times tell how far apart they were."""

    modality = Modality.POSITION

    def __init__(self, path: Path, starts_at_ms: int = 0) -> None:
        self.path = path
        self.starts_at_ms = starts_at_ms
        self.tally = Tally()

    def readings(self) -> Iterator[PositionReading]:
        """Yield one reading an epoch; ``tally`` counts what was read and what was skipped.

        Raises:
            SensorError: the file cannot be read, or is no NMEA log.
        """
        self.tally = Tally()
        try:
            found = log_format(self.path)
        except UnreadableFileError as cause:
            raise SensorError(cause.so.en, cause.so.zh, cause.do) from cause
        if found != NMEA:
            raise SensorError(
                f"{self.path} is a {found} log, not NMEA",
                f"{self.path} 是 {found} 日志，不是 NMEA",
                Words("请让 gpsd 读这个接收器", "let gpsd read this receiver"),
            )
        yield from positions(self._lines(), self.tally, self.starts_at_ms)

    def _lines(self) -> Iterator[str]:
        try:
            with self.path.open("rb") as log:
                while line := log.readline(LONGEST_LINE_BYTES):
                    # gpsd's own log format: a hash begins a comment, a bar marks where a TCP segment was cut.
                    if not line.startswith(b"#"):
                        yield from line.replace(b"|", b"").decode("latin-1").split("\r")
        except OSError as cause:
            raise SensorError(
                f"cannot read {self.path}: {cause.strerror or cause}",
                f"无法读取 {self.path}：{why_zh(cause)}",
                PATH_AND_RIGHTS,
            ) from cause
