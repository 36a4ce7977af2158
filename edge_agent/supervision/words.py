"""What a screen says of a part, in Chinese and English. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from edge_agent.supervision.states import Fault, Part, SensorState
from visit_record.bilingual import Words

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

FAULTS: Mapping[Fault, Words] = MappingProxyType(
    {
        Fault.BROKEN: Words("无法打开或已中断，请检查接线", "cannot be opened or broke off; check its cable"),
        Fault.STALLED: Words("没有响应，请检查接线", "does not answer; check its cable"),
        Fault.SWITCHED_OFF: Words("已被关闭", "has been switched off"),
        Fault.BLACK: Words("画面全黑：镜头被遮住，或房间太暗", "all black: the lens is covered, or the room is dark"),
        Fault.FROZEN: Words("一直是同一个画面，已停止更新", "the same over and over: it has stopped"),
        Fault.ALL_ZERO: Words("全部为零：被静音，或连接松动", "all zero: it is muted, or a contact is loose"),
        Fault.NOT_A_NUMBER: Words("读数无效，请检查接线", "readings are no numbers; check its cable"),
        Fault.CLIPPED: Words("声音过大失真，请调低音量增益", "too loud to be heard right; turn its gain down"),
    }
)


def said_of(part: Part, state: SensorState, fault: Fault | None) -> Words:
    """The part, how it stands, and what is wrong."""
    named, stands = PARTS[part], STATES[state]
    if fault is None:
        return Words(f"{named.zh}：{stands.zh}", f"{named.en}: {stands.en}")
    wrong = FAULTS[fault]
    return Words(f"{named.zh}：{stands.zh}（{wrong.zh}）", f"{named.en}: {stands.en} ({wrong.en})")
