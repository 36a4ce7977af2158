"""A receiver's log of any format, read by a gpsd of our own: started for it, fed over a pseudo-terminal, and ended."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from edge_agent.errors import SensorError
from edge_agent.ports import ReceiverDecoder
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_daemon import START_S, Feed, pseudo_terminal, running
from edge_agent.sensors.gpsd_times import retimed
from edge_agent.system_words import PATH_AND_RIGHTS, why_zh
from visit_record.bilingual import Words

# Few users have these in their PATH.
GPSD_FOLDERS = "/usr/sbin:/usr/local/sbin:/sbin"
# The end of a log that broke off inside so long a packet that gpsd takes the end mark for its rest.
SILENCE_S = 2.0
# What a gpsd surely reads in a second: on one x86 core it reads 800,000.
SLOWEST_BYTES_S = 20_000
LARGEST_BYTES = 64 << 20


def find_gpsd() -> Path | None:
    """The gpsd of this machine; ``None`` where it has none."""
    found = shutil.which("gpsd") or shutil.which("gpsd", path=GPSD_FOLDERS)
    return Path(found) if found else None


def receiver_decoder(gpsd: Path | None = None) -> ReceiverDecoder:
    """What this machine can read binary logs with: the given gpsd, else its own."""
    program = gpsd or find_gpsd()
    return GpsdPlayer(program) if program and program.is_file() else NoGpsd()


@dataclass(frozen=True)
class NoGpsd:
    """Implements ``ReceiverDecoder`` on a machine without gpsd: binary formats are named, and not read."""

    def readings(self, _log: Path) -> list[PositionReading]:
        """Nothing.

        Raises:
            SensorError: always.
        """
        raise SensorError(
            "no gpsd here (or not where --gpsd says): binary logs are named, and their fixes not counted",
            "没有 gpsd（或不在 --gpsd 所说之处），二进制日志只给出格式名",
            Words("请安装：apt install gpsd", "apt install gpsd"),
        )


@dataclass(frozen=True)
class GpsdPlayer:
    """Implements ``ReceiverDecoder`` with the program ``gpsd``, as an ordinary user or as root.

    The daemon listens on loopback alone, and is fed over a pseudo-terminal because that is the one kind of source
    whose time gpsd never hands to the machine's clock: an old log must not set it.
    """

    gpsd: Path
    silence_s: float = SILENCE_S
    start_s: float = START_S

    def readings(self, log: Path) -> list[PositionReading]:
        """What gpsd makes of the log; ``at_ms`` follows the receiver's own times, from 0.

        Raises:
            SensorError: the log cannot be read or is too large, or gpsd does not start, dies, or takes too long.
        """
        try:
            size_bytes = log.stat().st_size
            if size_bytes > LARGEST_BYTES:
                raise SensorError(
                    f"{log} is larger than {LARGEST_BYTES >> 20} MiB",
                    f"{log} 超过 {LARGEST_BYTES >> 20} MiB",
                    Words("请取其中一段", "give a part of it"),
                )
            with ExitStack() as opened:
                content = opened.enter_context(log.open("rb"))
                master, device = opened.enter_context(pseudo_terminal())
                connection = opened.enter_context(running(self.gpsd, device, self.start_s))
                limit_s = self.start_s + size_bytes / SLOWEST_BYTES_S
                return list(retimed(Feed(content, master, connection, limit_s, self.silence_s).lines(), device))
        except OSError as cause:
            raise SensorError(
                f"cannot let gpsd read {log}: {cause.strerror or cause}",
                f"不能让 gpsd 读取 {log}：{why_zh(cause)}",
                PATH_AND_RIGHTS,
            ) from cause
