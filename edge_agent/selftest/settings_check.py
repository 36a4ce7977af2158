"""The settings file: whether it can be read, and what it says is fitted."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edge_agent.errors import SettingsError
from edge_agent.installed import ENROL_SCRIPT, SETTINGS
from edge_agent.selftest.finding import Finding, Step, failed, not_fitted, passed
from edge_agent.settings import Settings
from visit_record.bilingual import Words

_SECTIONS = (
    "camera",
    "microphone",
    "thermal",
    "position",
    "tamper",
    "broker",
    "site",
    "bed",
    "thermal_view",
    "metrics",
)
_MEND = Words(
    "按上面所指的位置改正设置文件，传感器各项见 docs/sensors.md",
    "mend the file at the place that is named; what may be set of sensors stands in docs/sensors.md",
)
_GIVE_ITS_PATH = Words("核对 --settings 的路径", "check the path that --settings gives")
_FIT_SOMETHING = Words(
    "在设置中加入 [camera]、[microphone]、[thermal] 或 [position]，见 docs/sensors.md；在设备上：登记前填写 site.env",
    "add [camera], [microphone], [thermal] or [position], as docs/sensors.md has them; on a device site.env "
    "names what is fitted before it is enrolled",
)
_NO_HOME = Words(
    "未填 [site]，记录中不会有到住址的距离；需要时填写住址坐标",
    "without [site] no distance from the home is recorded; add its coordinates if that is wanted",
)


@dataclass(frozen=True)
class SettingsCheck:
    """``settings`` is what was read of ``path``: ``None`` where there is no file, an error where it is wrong."""

    path: Path | None
    settings: Settings | SettingsError | None
    step: ClassVar[Step] = Step.SETTINGS
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """What the file says."""
        match self.settings:
            case None:
                return not_fitted(
                    "没有给出设置文件，只检查程序自带的部分",
                    "no settings file is given: only what the program brings is looked at",
                    Words(f"加上 --settings {SETTINGS}", "give --settings FILE"),
                )
            case SettingsError() as error if is_absent(error):
                return self._absent()
            case SettingsError() as error:
                return failed(
                    f"设置文件有误：{error.so.zh}", f"the settings are wrong: {error.so.en}", error.do or _MEND
                )
            case settings:
                return self._says(settings)

    def _absent(self) -> Finding:
        # Below another folder too, which stands for a device's.
        if str(self.path).endswith(SETTINGS):
            return failed("还没有登记", "it is not enrolled yet", ENROL_SCRIPT)
        return failed(f"没有设置文件 {self.path}", f"there are no settings at {self.path}", _GIVE_ITS_PATH)

    def _says(self, settings: Settings) -> Finding:
        has = [name for name in _SECTIONS if getattr(settings, name) is not None]
        named = ", ".join(has) or "—"
        if not settings.is_fitted:
            return failed(
                f"没有配置任何传感器，见证程序不会启动；已配置：{named}",
                f"nothing is fitted, and the agent does not start; it has: {named}",
                _FIT_SOMETHING,
            )
        return passed(
            f"{self.path} 可读，每一项都认识；已配置：{named}",
            f"{self.path} is understood to the last key; it has: {named}",
            {"has": " ".join(has), "folder": str(settings.folder), "models": str(settings.models)},
            None if settings.site else _NO_HOME,
        )


def is_absent(error: SettingsError) -> bool:
    """Whether there is no file, rather than a wrong one."""
    return isinstance(error.__cause__, FileNotFoundError)
