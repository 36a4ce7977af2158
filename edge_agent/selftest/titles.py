"""What people call the steps of the walk. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from edge_agent.selftest.finding import Step
from visit_record.bilingual import Words
from visit_record.fitted import PARTS, Part

TITLES: Mapping[Step, Words] = MappingProxyType(
    {
        Step.SETTINGS: Words("设置", "settings"),
        Step.PROGRAM: Words("程序", "program"),
        Step.FOLDER: Words("数据文件夹", "data folder"),
        Step.OUTBOX: Words("待发箱", "outbox"),
        Step.IDENTITY: Words("设备身份", "identity"),
        Step.ROSTER: Words("人员与工单", "people and orders"),
        Step.CLOCK: Words("时钟", "clock"),
        Step.MODELS: Words("模型", "models"),
        Step.CAMERA: PARTS[Part.CAMERA],
        Step.MICROPHONE: PARTS[Part.MICROPHONE],
        Step.THERMAL: PARTS[Part.THERMAL_ARRAY],
        Step.POSITION: PARTS[Part.RECEIVER],
        Step.TAMPER: PARTS[Part.GUARD],
        Step.BROKER: Words("消息代理", "broker"),
        Step.BRIDGE: Words("到服务器的线路", "line to the server"),
    }
)


def title_of(step: Step, subject: str) -> str:
    """A step in both languages, and which one of it."""
    title = TITLES[step]
    return f"{title.zh} {title.en}: {subject}" if subject else f"{title.zh} {title.en}"
