"""Each part that is fitted: what passes, what fails and why, in bounded time; behind the port, and for real."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from edge_agent.perception.geodesy import Point
from edge_agent.readings import PositionReading, Reading, SoundBlock, ThermalFrame
from edge_agent.selftest.finding import Finding, Step, Verdict
from edge_agent.selftest.looks import CameraLook, GuardLook, SoundLook, ThermalLook
from edge_agent.selftest.position_look import PositionLook
from edge_agent.selftest.sensor_check import Judged, SensorCheck
from edge_agent.selftest.trial import Trial
from tests.edge_agent.needles import found
from tests.selftest.conftest import Fit, Walked
from tests.selftest.parts import (
    QUICK,
    Staged,
    StagedGuard,
    black,
    frozen,
    picture,
    position,
    samples,
    sound,
    trial,
    warmth,
)
from tests.sensors import mjpeg
from tests.sensors.fake_gpsd import FakeGpsd, tpv
from tests.sensors.pulse import pulse_room
from tests.sensors.receiver_logs import nmea_log
from tests.sensors.test_gpsd import live_gpsd  # noqa: F401 - a fixture
from tests.sensors.test_serial_receiver import speaking
from visit_record.bilingual import Words
from visit_record.fitted import Part
from visit_record.vocabulary import FixType, Modality

Make = Callable[[int], Reading | None]
WIRES = Words("看线", "look at its wires")
NOW_MS = 1_800_000_000_000
LOOKS: Mapping[Part, Callable[[], Judged]] = {
    Part.CAMERA: lambda: CameraLook(5.0),
    Part.MICROPHONE: SoundLook,
    Part.THERMAL_ARRAY: ThermalLook,
    Part.RECEIVER: lambda: PositionLook(lambda: NOW_MS),
    Part.GUARD: GuardLook,
}


def looked(tried: Trial) -> Finding:
    return SensorCheck(Step.CAMERA, tried, LOOKS[tried.part], WIRES).look()


def nan_heat(turn: int) -> Reading:
    return ThermalFrame(1000 * turn, np.full((8, 8), np.nan, np.float32))


def same_heat(turn: int) -> Reading:
    return ThermalFrame(1000 * turn, np.full((8, 8), 21.25, np.float32))


def loud(turn: int) -> Reading:
    return SoundBlock(500 * turn, np.sign(np.sin(np.arange(8_000) + turn)).astype(np.float32))


WELL: Mapping[str, tuple[Part, Make, Mapping[str, object]]] = {
    "a camera": (Part.CAMERA, picture, {"width": 64, "height": 48, "rate_hz": 1.0}),
    "a microphone in a quiet room": (Part.MICROPHONE, sound(0.001), {"clips": False}),
    "an array": (Part.THERMAL_ARRAY, warmth(21), {"rows": 8, "columns": 8, "dead_cells": 0}),
    "a receiver with a fix": (Part.RECEIVER, position(FixType.FIX_3D, 9), {"fix": "3d", "satellites": 9}),
    "a receiver indoors": (Part.RECEIVER, position(FixType.NONE, 0), {"fix": "none", "satellites": 0}),
}


@pytest.mark.parametrize("case", WELL)
def test_what_works_passes_with_what_was_measured(case: str) -> None:
    part, make, measured = WELL[case]
    found = looked(trial(part, make))
    assert found.verdict is Verdict.PASS, found
    assert {key: found.measured[key] for key in measured} == measured


LIES: Mapping[str, tuple[Part, Make, str]] = {
    "a lens that is covered": (Part.CAMERA, black, "black"),
    "a camera that has stopped": (Part.CAMERA, frozen, "frozen"),
    "a microphone that is muted": (Part.MICROPHONE, samples(0.0), "all_zero"),
    "a microphone at full gain": (Part.MICROPHONE, loud, "clipped"),
    "a microphone that gives no numbers": (Part.MICROPHONE, samples(float("nan")), "not_a_number"),
    "an array without power": (Part.THERMAL_ARRAY, nan_heat, "not_a_number"),
    "an array that has stopped": (Part.THERMAL_ARRAY, same_heat, "frozen"),
    "a part that cannot be opened": (Part.CAMERA, lambda _turn: None, "broken"),
    "a receiver that cannot be opened": (Part.RECEIVER, lambda _turn: None, "broken"),
}


@pytest.mark.parametrize("case", LIES)
def test_what_lies_or_breaks_fails_by_the_words_of_every_screen_and_says_what_to_do(case: str) -> None:
    part, make, fault = LIES[case]
    found = looked(trial(part, make))
    assert (found.verdict, found.measured) == (Verdict.FAIL, {"fault": fault})
    assert found.remedy
    assert (found.remedy == Words("请插上；仍不行：看线", "plug it in; else look at its wires")) is (fault == "broken")


def test_a_part_that_stumbles_once_is_opened_again() -> None:
    turns = iter([None])
    found = looked(trial(Part.THERMAL_ARRAY, lambda turn: next(turns, warmth(21)(turn))))
    assert found.verdict is Verdict.PASS


def test_a_driver_that_blocks_for_good_holds_up_the_walk_no_longer_than_its_patience() -> None:
    blocked = threading.Event()
    began_s = time.monotonic()

    def blocks(_turn: int) -> None:
        blocked.wait(60)

    found = looked(trial(Part.CAMERA, blocks, patience_s=1))
    assert time.monotonic() - began_s < 6
    blocked.set()
    assert (found.verdict, found.measured) == (Verdict.FAIL, {"fault": "stalled"})


def test_heat_that_no_room_has_fails() -> None:
    found = looked(trial(Part.THERMAL_ARRAY, warmth(140)))
    assert found.verdict is Verdict.FAIL
    assert "no room is like that" in found.said.en


def test_an_array_with_a_few_dead_cells_passes_and_tells_them_and_with_many_it_fails() -> None:
    def dead(count: int) -> Make:
        def make(turn: int) -> Reading:
            frame = warmth(21)(turn)
            assert isinstance(frame, ThermalFrame)
            frame.celsius.flat[:count] = np.nan
            return frame

        return make

    found = {count: looked(trial(Part.THERMAL_ARRAY, dead(count))) for count in (1, 3, 4, 60)}
    verdicts = {count: one.verdict for count, one in found.items()}
    assert verdicts == {1: Verdict.PASS, 3: Verdict.PASS, 4: Verdict.FAIL, 60: Verdict.FAIL}
    assert all(one.measured["dead_cells"] == count and one.remedy for count, one in found.items())


def test_no_satellites_indoors_is_no_failure_and_is_said() -> None:
    found = looked(trial(Part.RECEIVER, position(FixType.NONE, 0)))
    assert "without a fix yet" in found.said.en
    assert found.remedy
    assert "室内收不到卫星不算故障" in found.remedy.zh


def test_a_fix_is_told_without_the_number_of_its_satellites_where_it_is_untold_or_none() -> None:
    counts = {
        9: "三维定位，用 9 颗卫星 · a 3D fix by 9 satellites",
        0: "三维定位 · a 3D fix",
        None: "三维定位 · a 3D fix",
    }
    said = {count: looked(trial(Part.RECEIVER, position(FixType.FIX_3D, count))).said.both for count in counts}
    assert said == counts


# Where the receiver of these tests stands, and how far from it, in degrees of latitude, a home was entered.
HOMES = {0.0: 0, 0.001: 111, 0.0043: 477}


@pytest.mark.parametrize("off_deg", HOMES)
def test_a_home_that_was_read_off_a_chinese_map_is_told_by_how_far_it_is(off_deg: float) -> None:
    reading = position(FixType.FIX_3D, 9)(1)
    assert isinstance(reading, PositionReading)
    assert reading.latitude_deg is not None
    assert reading.longitude_deg is not None
    home = Point(reading.latitude_deg + off_deg, reading.longitude_deg)
    tried = trial(Part.RECEIVER, position(FixType.FIX_3D, 9))
    found = SensorCheck(Step.POSITION, tried, lambda: PositionLook(lambda: NOW_MS, home), WIRES).look()
    assert found.verdict is Verdict.PASS, "whoever tries it may be elsewhere"
    assert abs(int(found.measured["away_m"]) - HOMES[off_deg]) <= 1  # type: ignore[arg-type]
    assert f"离家 {found.measured['away_m']} 米" in found.said.zh
    assert (found.remedy is not None and "GCJ-02" in found.remedy.zh) == (HOMES[off_deg] > 150)


def test_a_clock_that_is_not_the_satellites_is_noted_and_where_the_home_lies_is_not_told() -> None:
    found = looked(trial(Part.RECEIVER, position(FixType.FIX_3D, 9, NOW_MS + 60_000)))
    assert (found.verdict, found.measured["gps_ahead_ms"]) == (Verdict.PASS, 60_000)
    assert found.remedy
    assert "31.23" not in repr(found)
    assert "121.4" not in repr(found)


def test_a_sensor_is_closed_once_it_was_looked_at() -> None:
    camera = Staged(Modality.FACE, picture)
    looked(Trial(Part.CAMERA, QUICK, 5.0, sensors=[camera]))
    assert (camera.opened, camera.closed) == (1, 1)


@pytest.mark.parametrize(("guard", "verdict"), [(StagedGuard(), Verdict.PASS), (StagedGuard(None), Verdict.FAIL)])
def test_what_notices_moves_answers_or_fails(guard: StagedGuard, verdict: Verdict) -> None:
    assert looked(Trial(Part.GUARD, QUICK, 5.0, guards=[guard])).verdict is verdict


def test_a_contact_and_an_accelerometer_are_looked_at_each_by_itself(fit: Fit, walked: Walked) -> None:
    fit('[tamper]\nchip = "/dev/gpiochip-none"\nline = 17\naccelerometer = "none_accel"\n')
    lines = walked("tamper").lines
    assert [(line["subject"], line["verdict"]) for line in lines] == [("contact", "fail"), ("accelerometer", "fail")]
    assert "gpioinfo" in lines[0]["do_zh"]


def test_an_array_on_a_bus_that_is_not_there_names_its_wires_and_its_place(fit: Fit, walked: Walked) -> None:
    fit('[thermal]\nchip = "amg8833"\nbus = 99\n')
    (line,) = walked("thermal").lines
    assert line["verdict"] == "fail"
    assert "i2cdetect -y 99 应显示 69" in line["do_zh"]


def test_a_real_stream_passes_and_one_that_is_not_there_fails(fit: Fit, walked: Walked) -> None:
    with mjpeg.mjpeg_stream(400) as address:
        settings = fit(f'[camera]\nsource = "{address}"\n')
        before = {one.name for one in settings.folder.iterdir()}
        called = walked("camera")
    (line,) = called.lines
    assert line["verdict"] == "pass", line
    seen = {"a picture": mjpeg.picture(0)[8, :12].tobytes()}
    assert found(seen, (called.out + called.err).encode()) == set()
    assert {one.name for one in settings.folder.iterdir()} - before == {"witness.lock"}
    assert (line["measured"]["width"], line["measured"]["height"]) == (96, 64)
    assert 2 < line["measured"]["rate_hz"] <= 6
    (line,) = walked("camera").lines
    assert (line["verdict"], line["measured"]) == ("fail", {"fault": "broken"})


def test_a_gpsd_that_answers_passes_and_one_that_is_not_there_says_how_to_start_it(fit: Fit, walked: Walked) -> None:
    with FakeGpsd([*[tpv()] * 12, 30.0]) as gpsd:
        fit(f"[position]\nport = {gpsd.port}\n")
        (line,) = walked("position").lines
    assert (line["verdict"], line["measured"]["fix"]) == ("pass", "3d"), line
    (line,) = walked("position").lines
    assert line["verdict"] == "fail"
    assert line["do_zh"].startswith("启动它：systemctl start gpsd；仍不行：插紧接收器；systemctl status gpsd")


@pytest.mark.gpsd
def test_a_real_gpsd_passes(fit: Fit, walked: Walked, live_gpsd: int) -> None:  # noqa: F811
    fit(f"[position]\nport = {live_gpsd}\n")
    (line,) = walked("position").lines
    assert line["verdict"] == "pass", line
    assert line["measured"]["fix"] in {"2d", "3d"}


def test_a_receiver_on_a_serial_line_passes(fit: Fit, walked: Walked) -> None:
    with speaking(nmea_log(30)) as line:
        fit(f'[position]\nserial = "{line}"\n')
        (found,) = walked("position").lines
    assert found["verdict"] == "pass", found
    assert found["measured"]["satellites"] > 0


@pytest.mark.long
@pytest.mark.pulse
def test_a_real_microphone_is_heard_and_a_muted_one_fails(
    fit: Fit, walked: Walked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit('[microphone]\ndevice = "pulse"\n')
    (tmp_path / "pulse").mkdir()
    hiss = np.random.default_rng(1).normal(0, 0.05, 48_000 * 40).astype(np.float32)
    with pulse_room(tmp_path / "pulse") as room, room.playing(hiss, 48_000):
        monkeypatch.setenv("PULSE_SERVER", room.server)
        (heard,) = walked("microphone").lines
        room.control("set-source-mute", "room.monitor", "1")
        (muted,) = walked("microphone").lines
    assert heard["verdict"] == "pass", heard
    assert -32 < heard["measured"]["level_dbfs"] < -20
    assert (muted["verdict"], muted["measured"]) == ("fail", {"fault": "all_zero"})
    assert "alsamixer" in muted["do_zh"]
