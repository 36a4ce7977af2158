"""What is fitted to a device and watched over: its parts, how each fares, what is wrong, and what screens call it.

A health message names them, and the device's own screens and the server's say the same words, but of what a visit is
part of. Pure.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from visit_record.bilingual import Words


class Part(StrEnum):
    """What is watched over: the four sensors, and what notices that the device itself is touched."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    THERMAL_ARRAY = "thermal_array"
    RECEIVER = "receiver"
    GUARD = "guard"


class SensorState(StrEnum):
    """Where a part stands."""

    OPENING = "opening"
    HEALTHY = "healthy"
    SILENT = "silent"
    RESTARTING = "restarting"
    FAILED = "failed"


class Fault(StrEnum):
    """What is wrong with a part that is not healthy."""

    BROKEN = "broken"
    STALLED = "stalled"
    SWITCHED_OFF = "switched_off"
    BLACK = "black"
    FROZEN = "frozen"
    ALL_ZERO = "all_zero"
    NOT_A_NUMBER = "not_a_number"
    CLIPPED = "clipped"


PARTS: Mapping[Part, Words] = MappingProxyType(
    {
        Part.CAMERA: Words("摄像头", "camera"),
        Part.MICROPHONE: Words("麦克风", "microphone"),
        Part.THERMAL_ARRAY: Words("热成像", "thermal array"),
        Part.RECEIVER: Words("定位接收器", "position receiver"),
        Part.GUARD: Words("防移动装置", "movement guard"),
    }
)

STATES: Mapping[SensorState, Words] = MappingProxyType(
    {
        SensorState.OPENING: Words("正在打开", "opening"),
        SensorState.HEALTHY: Words("正常", "working"),
        SensorState.SILENT: Words("没有可用的信号", "gives nothing usable"),
        SensorState.RESTARTING: Words("正在重新打开", "being opened again"),
        SensorState.FAILED: Words("本次服务中不再使用", "not used any more in this visit"),
    }
)

# What is so, without what anybody may do about it.
WRONG: Mapping[Fault, Words] = MappingProxyType(
    {
        Fault.BROKEN: Words("无法打开或已中断", "cannot be opened or broke off"),
        Fault.STALLED: Words("没有响应", "does not answer"),
        Fault.SWITCHED_OFF: Words("已被关闭", "has been switched off"),
        Fault.BLACK: Words("画面全黑：镜头被遮住，或房间太暗", "all black: the lens is covered, or the room is dark"),
        Fault.FROZEN: Words("一直是同一个画面，已停止更新", "the same over and over: it has stopped"),
        Fault.ALL_ZERO: Words("全部为零：被静音，或连接松动", "all zero: it is muted, or a contact is loose"),
        Fault.NOT_A_NUMBER: Words("读数无效", "readings are no numbers"),
        Fault.CLIPPED: Words("声音过大失真", "too loud to be heard right"),
    }
)
_CABLE = Words("请检查接线", "check its cable")
_DO: Mapping[Fault, Words] = MappingProxyType(
    {
        Fault.BROKEN: _CABLE,
        Fault.STALLED: _CABLE,
        Fault.NOT_A_NUMBER: _CABLE,
        Fault.CLIPPED: Words("请调低音量增益", "turn its gain down"),
    }
)


def _with_what_to_do(fault: Fault, wrong: Words) -> Words:
    do = _DO.get(fault)
    return wrong if do is None else Words(f"{wrong.zh}，{do.zh}", f"{wrong.en}; {do.en}")


FAULTS: Mapping[Fault, Words] = MappingProxyType(
    {fault: _with_what_to_do(fault, wrong) for fault, wrong in WRONG.items()}
)
