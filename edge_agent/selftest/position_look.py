"""What is measured of the position receiver while it is tried: how far from the home it stands, and not where. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.perception.geodesy import Point, distance_m
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
# Nearer than what a record is excepted for, and farther than an antenna indoors errs.
FAR_M = 150.0
_FAR = Words(
    "在被护理人家里的话，settings.toml 的 [site] 有误：须为 WGS 84，高德、腾讯、百度地图的坐标（GCJ-02、BD-09）"
    "会偏几百米；改为 gpspipe -w -n 10 给出的 lat、lon",
    "in the recipient's home that says that [site] in settings.toml is wrong: it is WGS 84, and what Chinese maps give "
    "(GCJ-02, BD-09) is hundreds of metres off; put lat and lon of gpspipe -w -n 10 there",
)
_CLOCKS_DIFFER = Words(
    "时钟与卫星时间不一致：先查对时（chronyc sources）", "the clock and the satellites differ: look at chronyc sources"
)


@dataclass
class PositionLook:
    """The receiver: the latest of what it said. ``wall_ms`` is the wall clock, UTC; ``home`` is where it should be."""

    wall_ms: Callable[[], int]
    home: Point | None = None
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
        """What came; ``None`` where nothing did."""
        if self._best is None:
            return None
        fix, used, accuracy_m = self._best.fix_type, self._best.satellites, self._best.accuracy_m
        measured = {
            "fix": fix.value,
            "satellites": used,
            "accuracy_m": None if accuracy_m is None else round(accuracy_m, 1),
            "gps_ahead_ms": self._gps_ahead_ms,
            "away_m": self._away_m,
        }
        if not self.has_fix:
            return passed(
                "接收器有应答，还没有定位", "the receiver speaks, without a fix yet", measured, _TO_THE_WINDOW
            )
        differ = self._gps_ahead_ms is not None and abs(self._gps_ahead_ms) > CLOCKS_AGREE_MS
        found = RECORDED[FixType][fix.value]
        # A fix by 0 contradicts itself; what it is worth is for the evidence to say.
        by = Words(f"，用 {used} 颗卫星", f" by {used} satellites") if used else Words("", "")
        away = (
            Words("", "")
            if self._away_m is None
            else Words(f"，离家 {self._away_m} 米", f", {self._away_m} m from home")
        )
        advice = _FAR if (self._away_m or 0) > FAR_M else _CLOCKS_DIFFER if differ else None
        return passed(found.zh + by.zh + away.zh, f"a {found.en}{by.en}{away.en}", measured, advice)

    @property
    def _away_m(self) -> int | None:
        best = self._best
        if self.home is None or best is None or best.latitude_deg is None or best.longitude_deg is None:
            return None
        return round(distance_m(Point(best.latitude_deg, best.longitude_deg), self.home))
