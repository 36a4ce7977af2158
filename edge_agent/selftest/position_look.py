"""What is measured of the position receiver while it is tried. Where the device stands is not told. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.readings import PositionReading
from edge_agent.selftest.finding import Finding, passed
from edge_agent.selftest.looks import LEAST_READINGS
from edge_agent.timeline import Happening
from visit_record.bilingual import Words
from visit_record.vocabulary import FixType
from visit_record.words import RECORDED

POSITIONS = 10
# A clock that is set by the network and one that is set by satellites agree to less than this.
CLOCKS_AGREE_MS = 5_000

_TO_THE_WINDOW = Words(
    "室内收不到卫星不算故障；可把天线移到窗边再试，第一次定位要几分钟",
    "no satellites indoors is no fault; move the antenna to a window, a first fix takes minutes",
)
_CLOCKS_DIFFER = Words(
    "时钟与卫星时间不一致：先查对时（chronyc sources）", "the clock and the satellites differ: look at chronyc sources"
)


@dataclass
class PositionLook:
    """The receiver: the latest of what it said. ``wall_ms`` is the wall clock, UTC."""

    wall_ms: Callable[[], int]
    count: int = 0
    _best: PositionReading | None = None
    _gps_ahead_ms: int | None = None

    def take(self, happening: Happening) -> bool:
        """Take a reading."""
        if isinstance(happening, PositionReading):
            self.count += 1
            if self._best is None or happening.latitude_deg is not None or self._best.latitude_deg is None:
                self._best = happening
            if happening.gps_utc_ms is not None:
                self._gps_ahead_ms = happening.gps_utc_ms - self.wall_ms()
        return self.count >= POSITIONS or (self.has_fix and self.count >= LEAST_READINGS and self._counted)

    @property
    def has_fix(self) -> bool:
        """Whether it knows where it is."""
        return self._best is not None and self._best.fix_type is not FixType.NONE

    @property
    def _counted(self) -> bool:
        return self._best is not None and self._best.satellites is not None

    def finding(self) -> Finding | None:
        """What came; ``None`` where nothing did. Where the device stands is not told."""
        if self._best is None:
            return None
        fix, used, accuracy_m = self._best.fix_type, self._best.satellites, self._best.accuracy_m
        measured = {
            "fix": fix.value,
            "satellites": used,
            "accuracy_m": None if accuracy_m is None else round(accuracy_m, 1),
            "gps_ahead_ms": self._gps_ahead_ms,
        }
        if not self.has_fix:
            return passed(
                "接收器有应答，还没有定位", "the receiver speaks, without a fix yet", measured, _TO_THE_WINDOW
            )
        differ = self._gps_ahead_ms is not None and abs(self._gps_ahead_ms) > CLOCKS_AGREE_MS
        found = RECORDED[FixType][fix.value]
        # A fix by 0 contradicts itself; what it is worth is for the evidence to say.
        by = Words(f"，用 {used} 颗卫星", f" by {used} satellites") if used else Words("", "")
        return passed(found.zh + by.zh, f"a {found.en}{by.en}", measured, _CLOCKS_DIFFER if differ else None)
