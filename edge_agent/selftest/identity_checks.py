"""Who the device is, whom it knows, and what is ordered of it. Of people only their number is told."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edge_agent.day_orders import read_orders
from edge_agent.errors import IdentityError, SettingsError, VaultError
from edge_agent.identity import ENROL, SERVER_KEY_FILE, Identity
from edge_agent.installed import AGENT, SETTINGS
from edge_agent.sealed_roster import SealedRoster
from edge_agent.selftest.finding import Finding, Measured, Step, failed, not_fitted, not_observable, passed
from edge_agent.settings import Settings
from edge_agent.starts import BOOT_COUNT_FILE
from visit_record.bilingual import Words

_ROSTER = f"{AGENT} roster enrol --settings {SETTINGS}"
_PIN = Words(
    "把管理员给的 server.jwk.json 放进设备文件夹：sudo carewitness-enrol /mnt",
    "put the administrator's server.jwk.json into the device's folder: sudo carewitness-enrol /mnt",
)
_START_AGENT = Words(
    "启动 carewitness-agent：它会留存损坏的文件，用没有记录用过的次数接着数",
    "start carewitness-agent: it sets the file aside, and goes on with a number that no record has",
)
_ENROL_ANEW = Words(
    f"恢复备份，或重新登记人员：{_ROSTER} …",
    f"restore its backup, or enrol the people anew: {_ROSTER} …",
)
_ENROL_PEOPLE = Words(
    f"登记护理员：{_ROSTER} --caregiver … --face …",
    f"enrol the caregivers: {_ROSTER} --caregiver … --face …",
)
_MEND_ORDERS = Words("改正 orders.toml 所指的位置", "mend orders.toml at the place that is named")


@dataclass(frozen=True)
class IdentityCheck:
    """The device's key and names, and the server key that receipts are checked by."""

    identity: Identity | IdentityError
    sends: bool
    """Whether a broker is set: without one nothing needs the server's key."""

    step: ClassVar[Step] = Step.IDENTITY
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Whether it is enrolled."""
        if isinstance(self.identity, IdentityError):
            why = self.identity.so
            return failed(f"未登记：{why.zh}", f"not enrolled: {why.en}", self.identity.do or ENROL)
        return self._of_enrolled(self.identity)

    def _of_enrolled(self, identity: Identity) -> Finding:
        names, pinned, damaged = identity.names, identity.server_key is not None, identity.damaged
        measured: Measured = {
            "device": names.device,
            "agency": names.agency,
            "server_key": pinned,
            "starts": None if BOOT_COUNT_FILE in damaged else identity.boot_count,
        }
        who_zh = f"设备 {names.device}，机构 {names.agency}"
        who_en = f"device {names.device} of agency {names.agency}"
        for name, remedy in ((SERVER_KEY_FILE, _PIN), (BOOT_COUNT_FILE, _START_AGENT)):
            if name in damaged:
                said = f"{who_zh}；{name} 已损坏，读不出", f"{who_en}; {name} is damaged: {damaged[name].so.en}"
                return failed(*said, remedy, measured)
        if pinned:
            return passed(f"{who_zh}，已固定服务器公钥", f"{who_en}; the server's key is pinned", measured)
        if self.sends:
            return failed(
                f"{who_zh}，没有服务器公钥：记录只封存，不发送",
                f"{who_en}, without the server's key: records are sealed and never sent",
                _PIN,
                measured,
            )
        return passed(f"{who_zh}；不发送记录", f"{who_en}; nothing is sent", measured)


@dataclass(frozen=True)
class RosterCheck:
    """The sealed templates, opened with the device's key and counted; ``identity`` is ``None`` where there is none."""

    settings: Settings
    identity: Identity | None
    step: ClassVar[Step] = Step.ROSTER
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """How many are enrolled."""
        if self.identity is None:
            return not_observable("设备未登记，无法打开", "without an identity it cannot be opened")
        try:
            people = SealedRoster.of(self.settings, self.identity.key).enrolments()
        except VaultError as error:
            return failed(f"人员模板不可用：{error.so.zh}", f"the roster cannot be used: {error.so.en}", _ENROL_ANEW)
        faces, voices = sum(one.face for one in people), sum(one.voice for one in people)
        return passed(
            f"已登记 {len(people)} 人（人脸 {faces}，声纹 {voices}）",
            f"{len(people)} are enrolled ({faces} faces, {voices} voices)",
            {"enrolled": len(people), "faces": faces, "voices": voices},
            None if people else _ENROL_PEOPLE,
        )


@dataclass(frozen=True)
class OrdersCheck:
    """The orders of the day, which the screen shows."""

    path: Path
    step: ClassVar[Step] = Step.ROSTER
    subject: ClassVar[str] = "orders"

    def look(self) -> Finding:
        """Whether they can be read."""
        if not self.path.exists():
            return not_fitted("没有 orders.toml：屏幕上还没有工单", "there is no orders.toml: the screen has no orders")
        try:
            orders = read_orders(self.path)
        except SettingsError as error:
            return failed(
                f"工单文件有误：{error.so.zh}", f"the orders are wrong: {error.so.en}", error.do or _MEND_ORDERS
            )
        count = len(orders.order)
        return passed(f"有 {count} 个工单", f"{count} orders", {"orders": count})
