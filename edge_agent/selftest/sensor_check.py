"""Each part that is fitted: tried, and what to do where it gives nothing that may be believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from edge_agent.selftest.finding import Finding, Step, failed
from edge_agent.selftest.trial import Look, Trial
from edge_agent.supervision.watch import SensorStatus
from visit_record.bilingual import Words
from visit_record.fitted import WRONG, Fault, Part


class Judged(Look, Protocol):
    """A look that comes to a finding."""

    def finding(self) -> Finding | None:
        """What came; ``None`` where too little did."""
        ...


@dataclass(frozen=True)
class SensorCheck:
    """Tries one part. ``wires`` is what to look at where it does not answer, after what its driver says to do."""

    step: Step
    trial: Trial
    judged: Callable[[], Judged]
    wires: Words
    subject: str = ""

    def look(self) -> Finding:
        """Try it."""
        look = self.judged()
        status = self.trial.look(look)
        found = None if _lies(status) else look.finding()
        return found or failed_part(status, self.wires)


def failed_part(status: SensorStatus, wires: Words) -> Finding:
    """What is wrong with a part, in the words that every screen has for it, and what its driver met."""
    fault = status.fault or Fault.STALLED
    wrong, broke = WRONG[fault], status.detail
    detail = Words("", "") if broke is None else Words(f"（{broke.so.zh}）", f" ({broke.so.en})")
    return failed(
        f"{wrong.zh}{detail.zh}",
        f"{wrong.en}{detail.en}",
        _BY_HAND.get((status.part, fault)) or _first(None if broke is None else broke.do, wires),
        {"fault": fault.value},
    )


def _first(do: Words | None, wires: Words) -> Words:
    return wires if do is None else Words(f"{do.zh}；仍不行：{wires.zh}", f"{do.en}; else {wires.en}")


def _lies(status: SensorStatus) -> bool:
    return status.fault not in {None, Fault.BROKEN, Fault.STALLED}


_BY_HAND: Mapping[tuple[Part, Fault], Words] = {
    (Part.CAMERA, Fault.BLACK): Words(
        "取下镜头盖和保护膜，开灯，再试", "take the cap and the film off the lens, switch a light on, try again"
    ),
    (Part.CAMERA, Fault.FROZEN): Words(
        "拔下摄像头再插上；仍如此则换一个 USB 口或摄像头",
        "unplug the camera and plug it in again; else take another USB port, or another camera",
    ),
    (Part.MICROPHONE, Fault.ALL_ZERO): Words(
        "打开麦克风上的开关；alsamixer（F4）里按 M 取消静音，调高录音增益",
        "switch it on; in alsamixer (F4) press M to unmute, and turn its capture up",
    ),
    (Part.MICROPHONE, Fault.CLIPPED): Words(
        "alsamixer（F4）里把录音增益调低，关掉自动增益",
        "in alsamixer (F4) turn the capture down and automatic gain off",
    ),
}
