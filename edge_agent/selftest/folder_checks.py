"""The device's folder, whether it is ours alone, and the outbox in it."""

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edge_agent.chain_head import is_begun, require_kept
from edge_agent.device_store import SCHEMA_VERSION
from edge_agent.errors import DamagedOutboxError, DiskFullError, LostOutboxError, OutboxError
from edge_agent.identity import ENROL
from edge_agent.installed import AGENT, SETTINGS
from edge_agent.machine import MEGABYTE
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import files_set_aside
from edge_agent.selftest.finding import Finding, Step, failed, not_observable, passed
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words

PROBE_BYTES = 65_536
_STOP_IT = Words(
    "先停止它：sudo systemctl stop carewitness-agent；检查完再启动",
    "stop it first: sudo systemctl stop carewitness-agent; start it again afterwards",
)
_REMEDIES = {
    errno.ENOSPC: Words(
        f"清出空间：{AGENT} housekeeping --settings {SETTINGS}；或换更大的卡",
        f"make room: {AGENT} housekeeping --settings {SETTINGS}; or take a larger card",
    ),
    errno.EROFS: Words(
        "数据分区以只读方式挂载，卡可能已坏：dmesg | tail；必要时换卡并重新登记",
        "the data partition is mounted read-only, the card may be failing: dmesg | tail; change it and enrol anew",
    ),
    errno.EACCES: Words(
        "改回属主：sudo chown -R carewitness: 该文件夹",
        "give it back to its owner: sudo chown -R carewitness: that folder",
    ),
}
_LOOK_AT_CARD = Words("查看存储卡：dmesg | tail", "look what the card says: dmesg | tail")


@dataclass(frozen=True)
class ProgramCheck:
    """Whether no other program holds the folder, and with it the sensors; ``held`` says why it is, if it is."""

    held: Words | None
    step: ClassVar[Step] = Step.PROGRAM
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Whether we are alone."""
        if self.held is None:
            return passed("没有别的见证程序占用本机", "no other witness is at work on this device")
        return failed(f"本机已被占用：{self.held.zh}", f"the device is in use: {self.held.en}", _STOP_IT)


@dataclass(frozen=True)
class FolderCheck:
    """Whether the folder is there, takes what is written, and has room."""

    folder: Path
    least_free_mb: float
    step: ClassVar[Step] = Step.FOLDER
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Write something, and take it away again."""
        if not self.folder.is_dir():
            return failed(f"没有文件夹 {self.folder}", f"there is no folder {self.folder}", ENROL)
        free_mb = round(shutil.disk_usage(self.folder).free / MEGABYTE, 1)
        measured = {"free_mb": free_mb, "least_free_mb": self.least_free_mb}
        try:
            _write_a_little(self.folder)
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, _LOOK_AT_CARD)
            return failed(
                f"{self.folder} 不能写入（{why_zh(error)}），剩余 {free_mb} MB",
                f"{self.folder} cannot be written ({error.strerror}); {free_mb} MB are free",
                remedy,
                measured,
            )
        if free_mb < self.least_free_mb:
            return failed(
                f"剩余空间 {free_mb} MB，少于设置的 {self.least_free_mb:g} MB",
                f"{free_mb} MB are free, fewer than the {self.least_free_mb:g} MB that are set",
                _REMEDIES[errno.ENOSPC],
                measured,
            )
        return passed(f"可写，剩余 {free_mb} MB", f"it can be written; {free_mb} MB are free", measured)


@dataclass(frozen=True)
class OutboxCheck:
    """The outbox with the journals in it: read through, and never repaired here. ``device`` is ``None`` if unknown."""

    database: Path
    device: str | None
    step: ClassVar[Step] = Step.OUTBOX
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Read it through."""
        if self.device is None:
            return not_observable("设备未登记，无法打开待发箱", "without an identity the outbox is not opened")
        try:
            return self._read(self.device)
        except DamagedOutboxError as damage:
            return failed(f"待发箱已损坏：{damage.so.zh}", f"the outbox is damaged: {damage.so.en}", _SET_ASIDE)
        except LostOutboxError as lost:
            return failed(lost.so.zh, lost.so.en, lost.do or _KEEP_FILE)
        except DiskFullError as full:
            return failed(full.so.zh, full.so.en, _REMEDIES[errno.ENOSPC])
        except OutboxError as error:
            return failed(f"待发箱不可用：{error.so.zh}", f"the outbox cannot be used: {error.so.en}", _kept(error.do))

    def _read(self, device: str) -> Finding:
        require_kept(self.database, device)
        if not is_begun(self.database):
            return passed("还没有待发箱，第一次服务时建立", "there is none yet: the first visit makes it")
        with Outbox(self.database, device) as outbox:
            outbox.check()
            return self._stands(outbox)

    def _stands(self, outbox: Outbox) -> Finding:
        waiting, under_way, aside = outbox.count(), outbox.visits.count(), len(files_set_aside(self.database))
        measured = {
            "waiting": waiting,
            "under_way": under_way,
            "journals": outbox.journals.count(),
            "set_aside": aside,
            "schema": SCHEMA_VERSION,
        }
        return passed(
            f"完好；待发 {waiting} 条，未封存的服务 {under_way} 次，曾损坏而留存的文件 {aside} 个",
            f"whole; {waiting} records wait, {under_way} visits are not sealed yet, {aside} damaged files are aside",
            measured,
            _GIVE_ASIDE if aside else None,
        )


_SET_ASIDE = Words(
    "不要删除文件。启动 carewitness-agent：它会留存损坏的文件并接续记录链；不能接续时按它的提示重新登记",
    "delete nothing. Start carewitness-agent: it sets the file aside and goes on with the chain, or says why not",
)
_GIVE_ASIDE = Words("把 *.damaged-* 交给支持人员，不要删除", "give *.damaged-* to whoever helps; do not delete it")
_KEEP_FILE = Words("不要删除该文件；按所说的原因处理", "do not delete the file; do what the reason says")


def _kept(do: Words | None) -> Words:
    return _KEEP_FILE if do is None else Words(f"{do.zh}；不要删除该文件", f"{do.en}; do not delete the file")


def _write_a_little(folder: Path) -> None:
    """A file without a name where the system has such: nothing is left even by a power cut."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(PROBE_BYTES))
        os.fsync(file.fileno())
