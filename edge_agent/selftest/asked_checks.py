"""What an installer is asked to do, and the sensor must notice: the way in which a visit would notice it too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from edge_agent.selftest.finding import Finding, Step, failed, not_observable, passed
from edge_agent.selftest.noticing import CoveredLens, FirstFix, LouderSound, Moved, WarmHand
from edge_agent.selftest.sensor_check import SensorCheck
from edge_agent.selftest.trial import Look, Trial
from edge_agent.supervision.states import Fault, Part
from visit_record.bilingual import Words


class Asking(Protocol):
    """Whoever stands at the device."""

    def ask(self, what: Words, seconds: float) -> None:
        """Ask for something that may take so long."""
        ...

    def skipped(self) -> bool:
        """Whether they pressed the key to skip it, since they were asked; never waits."""
        ...


class Noticing(Look, Protocol):
    """A look that waits for one thing."""

    @property
    def noticed(self) -> bool:
        """Whether it came."""
        ...


@dataclass(frozen=True)
class Ask:
    """What is asked for; ``allowed`` is the fault that the part has meanwhile, if that is what is waited for."""

    subject: str
    asks: Words
    notices: Callable[[], Noticing]
    seconds: float
    remedy: Words
    allowed: Fault | None = None


@dataclass(frozen=True)
class AskedCheck:
    """Asks, and waits until the sensor notices, somebody skips it, or the time is up."""

    step: Step
    trial: Trial
    wanted: Ask
    asking: Asking

    @property
    def subject(self) -> str:
        """What is to be noticed."""
        return self.wanted.subject

    def look(self) -> Finding:
        """Ask, and wait."""
        look = self.wanted.notices()
        self.asking.ask(self.wanted.asks, self.wanted.seconds)
        trial = replace(self.trial, patience_s=self.wanted.seconds, skipped=self.asking.skipped)
        status = trial.look(look, self.wanted.allowed)
        if look.noticed:
            return passed("察觉到了", "it noticed")
        if self.asking.skipped():
            return not_observable("已跳过", "skipped")
        if status.fault not in {None, self.wanted.allowed}:
            return not_observable("传感器没有工作，无法试", "the sensor does not work, so that this shows nothing")
        return failed(
            f"{self.wanted.seconds:g} 秒内没有察觉",
            f"it noticed nothing in {self.wanted.seconds:g} s",
            self.wanted.remedy,
        )


def asked_after(check: SensorCheck, asking: Asking) -> AskedCheck:
    """What is asked once a part was found to work."""
    return AskedCheck(check.step, check.trial, ASKS[check.trial.part], asking)


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
    ),
    Part.GUARD: Ask(
        "moved",
        Words("请把设备拿起来倾斜，或打开外壳的触点", "Lift the device and tilt it, or open the contact of its case"),
        Moved,
        30.0,
        Words(
            "触点要在外壳关好时接地；加速度计要固定在机壳上",
            "a contact must close to ground while the case is shut; an accelerometer must be fixed to the case",
        ),
    ),
}
