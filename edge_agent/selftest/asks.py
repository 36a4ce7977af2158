"""What is asked for of each part, once it was found to work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from edge_agent.selftest.noticing import CoveredLens, FirstFix, LouderSound, Moved, WarmHand
from edge_agent.selftest.sensor_check import SensorCheck
from edge_agent.selftest.trial import Look
from visit_record.bilingual import Words
from visit_record.fitted import Fault, Part


class Noticing(Look, Protocol):
    """A look that waits for one thing."""

    @property
    def noticed(self) -> bool:
        """Whether it came."""
        ...


@dataclass(frozen=True)
class Ask:
    """What is asked for; ``allowed`` is the fault that the part has meanwhile, if that is what is waited for.

    ``may_not_come`` is said of what a sound part may not notice either, as a receiver indoors.
    """

    subject: str
    asks: Words
    notices: Callable[[], Noticing]
    seconds: float
    remedy: Words
    allowed: Fault | None = None
    may_not_come: bool = False


def ask_after(check: SensorCheck) -> Ask:
    """What is asked for after a check. A contact and an accelerometer notice different things."""
    return GUARD_ASKS[check.subject] if check.trial.part is Part.GUARD else ASKS[check.trial.part]


ASKS: Mapping[Part, Ask] = {
    Part.CAMERA: Ask(
        "covered",
        Words("请用手完全遮住摄像头镜头，不要松开", "Cover the camera's lens with your hand, and keep it covered"),
        CoveredLens,
        30.0,
        Words(
            "遮严再试；仍不行时看看是否是另一个摄像头：[camera] source",
            "cover it wholly and try again; else look whether it is another camera: [camera] source",
        ),
        Fault.BLACK,
    ),
    Part.MICROPHONE: Ask(
        "heard",
        Words("请先安静两秒，再对着设备拍手或说话", "Be still for two seconds, then clap or speak towards the device"),
        LouderSound,
        30.0,
        Words(
            "靠近再试；查看是否是另一个麦克风，alsamixer（F4）里调高录音增益",
            "come nearer and try again; look whether it is another microphone; turn its capture up in alsamixer (F4)",
        ),
    ),
    Part.THERMAL_ARRAY: Ask(
        "hand",
        Words(
            "请先离开热成像画面五秒，再把手伸到它前面 20 厘米处",
            "Keep out of the thermal array's sight for five seconds, then hold a hand 20 cm before it",
        ),
        WarmHand,
        45.0,
        Words(
            "看看镜头前有没有遮挡或保护膜、朝向是否对着床；手凉或室温很高时可跳过",
            "look for a cover or film before it, and where it points; with cold hands or in a hot room skip this",
        ),
    ),
    Part.RECEIVER: Ask(
        "fix",
        Words(
            "请把定位天线放到窗边，等它定位；室内等不到可以跳过",
            "Put the antenna to a window and wait for a fix; indoors there may be none: skip it",
        ),
        FirstFix,
        180.0,
        Words(
            "天线朝天、离屏幕和电源远一些；第一次定位要几分钟；室内定不了位不影响服务",
            "turn the antenna to the sky, away from screen and power supply; a first fix takes minutes; visits go on",
        ),
        may_not_come=True,
    ),
}

GUARD_ASKS: Mapping[str, Ask] = {
    "contact": Ask(
        "opened",
        Words("请打开外壳的触点", "Open the contact of the device's case"),
        Moved,
        30.0,
        Words("触点要在外壳关好时接地", "it must close to ground while the case is shut"),
    ),
    "accelerometer": Ask(
        "tilted",
        Words("请把设备拿起来倾斜", "Lift the device and tilt it"),
        Moved,
        30.0,
        Words("它要固定在机壳上", "it must be fixed to the case"),
    ),
}
