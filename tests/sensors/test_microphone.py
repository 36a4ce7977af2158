"""The microphone, played into through a real PulseAudio; its faults, behind PortAudio's own interface."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.ports import Sensor
from edge_agent.readings import SAMPLE_RATE_HZ, SoundBlock
from edge_agent.sensors.microphone import Microphone, placed
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.sensors.resample import Resampler
from edge_agent.supervision.doubts import Doubts
from tests.sensors.pulse import PulseRoom, portaudio_or_skip, pulse_room
from visit_record.fitted import Fault, Part
from visit_record.vocabulary import Modality

TONE_HZ = 440


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseRoom]:
    with pulse_room(tmp_path) as room:
        monkeypatch.setenv("PULSE_SERVER", room.server)
        yield room


def microphone(rate_hz: int | None = 48_000, channels: int = 1) -> Microphone:
    return Microphone("pulse", rate_hz, channels, monotonic_ms)


def tone(seconds: float, rate_hz: int = 48_000) -> NDArray[np.float32]:
    return (0.3 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def pitch_hz(samples: NDArray[np.float32]) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * SAMPLE_RATE_HZ / len(samples))


def heard(sensor: Microphone, blocks: int) -> list[SoundBlock]:
    readings = sensor.readings()
    try:
        return list(islice(readings, blocks))
    finally:
        readings.close()  # type: ignore[attr-defined]


@pytest.mark.pulse
@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 2), pytest.param(None, 1, marks=pytest.mark.long)])
def test_what_is_played_is_heard_at_16_khz(room: PulseRoom, rate_hz: int | None, channels: int) -> None:
    sensor: Sensor[SoundBlock] = microphone(rate_hz, channels)
    assert sensor.modality is Modality.SOUND
    with room.playing(tone(20), 48_000):
        blocks = heard(microphone(rate_hz, channels), 6)
    sound = np.concatenate([block.samples for block in blocks[2:]])
    assert pitch_hz(sound) == pytest.approx(TONE_HZ, abs=2)
    assert np.abs(sound).max() == pytest.approx(0.3, abs=0.05)
    ends = [block.at_ms + len(block.samples) / 16 for block in blocks]
    assert [block.at_ms for block in blocks[1:]] == pytest.approx(ends[:-1], abs=1.5)


@pytest.mark.pulse
@pytest.mark.long
def test_a_muted_microphone_gives_zeros_and_is_called_so(room: PulseRoom) -> None:
    doubts = Doubts(Part.MICROPHONE)
    with room.playing(tone(30), 48_000):
        readings = microphone().readings()
        first = [doubts.fault_of(next(readings)) for _ in range(3)]
        room.control("set-source-mute", "room.monitor", "1")
        found = next(fault for fault in map(doubts.fault_of, islice(readings, 30)) if fault)
        room.control("set-source-mute", "room.monitor", "0")
        again = [doubts.fault_of(next(readings)) for _ in range(3)]
        readings.close()  # type: ignore[attr-defined]
    assert (first, found, again[-1]) == ([None, None, None], Fault.ALL_ZERO, None)


@pytest.mark.pulse
def test_a_microphone_that_is_gone_is_a_sensor_error_in_bounded_time(room: PulseRoom) -> None:
    readings = microphone().readings()
    next(readings)
    room.control("exit")
    began_s = time.monotonic()
    with pytest.raises(SensorError, match=r"check its cable|list them"):
        for _ in readings:
            pass
    assert time.monotonic() - began_s < 40


def test_a_microphone_that_is_not_there_is_a_sensor_error_that_says_how_to_find_one() -> None:
    portaudio_or_skip()
    with pytest.raises(SensorError, match=r"the microphone no such thing.*list them"):
        next(Microphone("no such thing", 48_000, 1, monotonic_ms).readings())


def begun(*blocks: tuple[int, int]) -> list[tuple[int, int]]:
    made = placed(((at, np.zeros(count, np.float32)) for at, count in blocks), Resampler(16_000, 16_000))
    return [(block.at_ms, len(block.samples)) for block in made]


def test_blocks_that_come_a_little_late_join_and_a_gap_stays_a_gap() -> None:
    blocks = begun((0, 8_000), (540, 8_000), (1_010, 8_000), (3_000, 8_000))
    starts = [at for at, _ in blocks]
    ends = [at + count / 16 for at, count in blocks]
    assert starts[1:3] == pytest.approx(ends[:2], abs=1)
    assert starts[3] == 3_000
