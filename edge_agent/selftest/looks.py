"""What is measured of each part while it is tried, and whether it is plausible. Pure."""

from dataclasses import dataclass, field

import numpy as np

from edge_agent.evidence.sound import DEAD_DBFS
from edge_agent.readings import CameraFrame, SoundBlock, ThermalFrame
from edge_agent.selftest.finding import Finding, failed, passed
from edge_agent.supervision.doubts import CLIPPED_AT
from edge_agent.timeline import Happening, SensorTurned
from visit_record.bilingual import Words
from visit_record.fitted import SensorState

FRAMES, BLOCKS = 5, 6
LEAST_READINGS = 2
# A bedroom in any season; outside, the array reads something else than it should.
COLDEST_C, HOTTEST_C = -10.0, 60.0
# A few cells are dead in sound arrays; where more than this share are, a hand may pass unnoticed. Set by hand.
DEAD_SHARE = 0.05

_SLOW = Words(
    "换一个 USB 口，不经集线器；房间太暗也会变慢", "take another USB port, without a hub; a dark room slows it too"
)
_TURN_DOWN = Words("在 alsamixer（F4）里把录音增益调低", "turn the capture gain down: alsamixer, F4")
_ARRAY_LIES = Words(
    "断电再接；检查 3.3 V 和 [thermal] chip 是否写对",
    "take its power away and back; check its 3.3 V and [thermal] chip",
)
_DEAD_CELLS = Words(
    "少数点没有读数；越来越多时换一个阵列",
    "a few cells give nothing; where they become more, take another array",
)
_CHANGE_ARRAY = Words(
    "断电再接；检查 3.3 V 和四根线；仍如此则换一个阵列",
    "take its power away and back; check its 3.3 V and four wires; else take another array",
)


@dataclass
class CameraLook:
    """Pictures: how many, how large, how often, how bright. ``wanted_hz`` is what the settings ask for."""

    wanted_hz: float
    count: int = 0
    _first_ms: int = 0
    _last_ms: int = 0
    _size: tuple[int, int] = (0, 0)
    _brightness: float = 0.0

    def take(self, happening: Happening) -> bool:
        """Take a picture."""
        if isinstance(happening, CameraFrame):
            self._first_ms = self._first_ms if self.count else happening.at_ms
            self._last_ms, self.count = happening.at_ms, self.count + 1
            self._size = (happening.rgb.shape[1], happening.rgb.shape[0])
            self._brightness = float(happening.rgb[::8, ::8].mean())
        return self.count >= FRAMES

    def finding(self) -> Finding | None:
        """What came; ``None`` where too little did."""
        if self.count < LEAST_READINGS:
            return None
        span_s = (self._last_ms - self._first_ms) / 1000
        rate_hz = round((self.count - 1) / span_s, 1) if span_s > 0 else self.wanted_hz
        width, height = self._size
        measured = {"width": width, "height": height, "rate_hz": rate_hz, "brightness": round(self._brightness, 1)}
        return passed(
            f"画面 {width}×{height}，每秒 {rate_hz:g} 幅，在动，不黑",
            f"pictures of {width}×{height}, {rate_hz:g} a second, alive and not black",
            measured,
            _SLOW if rate_hz < self.wanted_hz / 2 else None,
        )


@dataclass
class SoundLook:
    """Sound: how loud, and whether it clips. Each block leaves two numbers."""

    powers: list[float] = field(default_factory=list)
    _peak: float = 0.0

    def take(self, happening: Happening) -> bool:
        """Take half a second."""
        if isinstance(happening, SoundBlock):
            self.powers.append(float(np.mean(np.square(happening.samples, dtype=np.float64))))
            self._peak = max(self._peak, float(np.abs(happening.samples).max(initial=0.0)))
        return len(self.powers) >= BLOCKS

    def finding(self) -> Finding | None:
        """What came; ``None`` where too little did."""
        if len(self.powers) < LEAST_READINGS:
            return None
        level_dbfs, peak_dbfs = dbfs_of_power(float(np.mean(self.powers))), dbfs_of_power(self._peak**2)
        clips = self._peak >= CLIPPED_AT
        return passed(
            f"有声音，平均 {level_dbfs:.0f} dBFS，峰值 {peak_dbfs:.0f} dBFS",
            f"sound arrives, {level_dbfs:.0f} dBFS on average, {peak_dbfs:.0f} dBFS at most",
            {"level_dbfs": round(level_dbfs, 1), "peak_dbfs": round(peak_dbfs, 1), "clips": clips},
            _TURN_DOWN if clips else None,
        )


@dataclass
class ThermalLook:
    """Heat: size, temperatures, cells that give nothing."""

    count: int = 0
    _last: ThermalFrame | None = None

    def take(self, happening: Happening) -> bool:
        """Take a frame."""
        if isinstance(happening, ThermalFrame):
            self.count, self._last = self.count + 1, happening
        return self.count >= FRAMES

    def finding(self) -> Finding | None:
        """What came; ``None`` where too little did."""
        if self._last is None or self.count < LEAST_READINGS:
            return None
        celsius = self._last.celsius
        rows, columns = celsius.shape
        dead = int(np.isnan(celsius).sum())
        coldest, median, hottest = (round(float(np.nanpercentile(celsius, share)), 1) for share in (0, 50, 100))
        measured = {
            "rows": rows,
            "columns": columns,
            "coldest_c": coldest,
            "median_c": median,
            "hottest_c": hottest,
            "dead_cells": dead,
        }
        zh = f"{rows}×{columns}，{coldest} 至 {hottest} °C，中位 {median} °C"
        en = f"{rows}×{columns} cells, {coldest} to {hottest} °C, {median} °C in the middle"
        if not COLDEST_C <= median <= HOTTEST_C:
            return failed(f"{zh}：室温不会如此", f"{en}: no room is like that", _ARRAY_LIES, measured)
        if dead > DEAD_SHARE * celsius.size:
            return failed(f"{zh}：{dead} 个点没有读数", f"{en}: {dead} cells give nothing", _CHANGE_ARRAY, measured)
        return passed(zh, en, measured, _DEAD_CELLS if dead else None)


@dataclass
class GuardLook:
    """What notices moves: that it answers."""

    answers: bool = False

    def take(self, happening: Happening) -> bool:
        """Take a turn of the guard."""
        self.answers = self.answers or (isinstance(happening, SensorTurned) and happening.state is SensorState.HEALTHY)
        return self.answers

    def finding(self) -> Finding | None:
        """That it answers; ``None`` where it does not."""
        return passed("有应答", "it answers") if self.answers else None


def dbfs_of_power(power: float) -> float:
    """Decibels below full scale of a mean square of samples in -1..1; never below what counts as no sound."""
    return max(DEAD_DBFS, 10 * float(np.log10(power))) if power > 0 else DEAD_DBFS
