import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from edge_agent.errors import UnreadableFileError
from edge_agent.sensors.resample import Resampler
from edge_agent.sensors.sound_file import SoundFile

Wave = NDArray[np.float32]


def encoded(samples: Wave, rate_hz: int = 16_000, kind: str = "WAV", subtype: str = "PCM_16") -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate_hz, format=kind, subtype=subtype)
    return out.getvalue()


def noise(n: int) -> Wave:
    return (0.1 * np.random.default_rng(0).standard_normal(n)).astype(np.float32)


UNREADABLE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: "这不是声音".encode() * 50,
    "header only": lambda: encoded(noise(16_000))[:44],
    "no samples": lambda: encoded(noise(0)),
    "wav cut short": lambda: encoded(noise(32_000))[:30_000],
    "flac cut short": lambda: encoded(noise(160_000), kind="FLAC")[:100_000],
    "not numbers": lambda: encoded(np.full(16_000, np.nan, np.float32), subtype="FLOAT"),
    "telegraph rate": lambda: encoded(noise(16_000), 2_000),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable_recording_is_refused_by_name(case: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    path.write_bytes(UNREADABLE[case]())
    with pytest.raises(UnreadableFileError, match=r"recording\.wav"):
        list(SoundFile(path).readings())


def test_missing_recording_and_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.wav"):
        with pytest.raises(UnreadableFileError):
            list(SoundFile(path).readings())


def test_nothing_is_opened_before_the_first_reading(tmp_path: Path) -> None:
    SoundFile(tmp_path / "gone.wav").readings()


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (8_000, 1), (44_100, 2), (48_000, 4)])
def test_any_rate_and_channels_come_out_as_16_khz_mono_in_time(rate_hz: int, channels: int, tmp_path: Path) -> None:
    seconds = np.arange(rate_hz * 9) / rate_hz
    tone = np.sin(2 * np.pi * 440 * seconds).astype(np.float32) / 2
    path = tmp_path / "tone.flac"
    path.write_bytes(encoded(np.tile(tone[:, None], (1, channels)), rate_hz, "FLAC"))
    blocks = list(SoundFile(path, starts_at_ms=7_000).readings())
    whole = np.concatenate([block.samples for block in blocks])
    expected = np.sin(2 * np.pi * 440 * np.arange(len(whole)) / 16_000) / 2
    assert len(whole) == 9 * 16_000
    assert np.abs(whole - expected)[500:-500].max() < 1e-3
    edges = np.cumsum([0, *(len(block.samples) for block in blocks)])[:-1]
    assert [block.at_ms for block in blocks] == [7_000 + edge // 16 for edge in edges.tolist()]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([8_000, 11_025, 22_050, 44_100, 48_000]), st.lists(st.integers(0, 30_000), max_size=8))
def test_resampling_does_not_depend_on_where_blocks_are_cut(rate_hz: int, cuts: list[int]) -> None:
    wave, pieces, whole = noise(30_000), Resampler(rate_hz, 16_000), Resampler(rate_hz, 16_000)
    made = [pieces.push(piece) for piece in np.split(wave, sorted(cuts))] + [pieces.flush()]
    assert np.array_equal(np.concatenate(made), np.concatenate([whole.push(wave), whole.flush()]))


@pytest.mark.parametrize(("rate_hz", "up", "down"), [(8_000, 2, 1), (44_100, 160, 441), (48_000, 1, 3)])
def test_resampling_agrees_with_scipy_below_the_roll_off(rate_hz: int, up: int, down: int) -> None:
    below = signal.butter(12, 2_400, fs=rate_hz, output="sos")
    wave = signal.sosfilt(below, noise(2 * rate_hz)).astype(np.float32)
    resampler = Resampler(rate_hz, 16_000)
    ours = np.concatenate([resampler.push(wave), resampler.flush()])
    theirs = signal.resample_poly(wave, up, down, window=("kaiser", 12.0))
    assert len(ours) == len(theirs)
    assert np.abs(ours - theirs)[500:-500].max() < 2e-3 * np.abs(theirs).max()


def test_what_16_khz_cannot_hold_is_gone_and_not_folded_back() -> None:
    above = np.sin(2 * np.pi * 9_000 * np.arange(48_000) / 48_000).astype(np.float32)
    resampler = Resampler(48_000, 16_000)
    out = np.concatenate([resampler.push(above), resampler.flush()])
    assert np.abs(out[500:-500]).max() < 1e-3
