from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import (
    GATE_DBFS,
    QUIET_ALONE,
    CareSoundClassifier,
    Fingerprinter,
    SoundFramer,
    SoundWindow,
    fingerprint,
    level_dbfs,
)
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES, SoundBlock
from sim.sound.care_sounds import SYNTHESISERS
from visit_record.vocabulary import SoundCue

Wave = NDArray[np.float32]
RAMP = np.arange(8 * WINDOW_SAMPLES, dtype=np.float32)


def blocks(wave: Wave, cuts: list[int], starts_at_ms: int = 0) -> list[SoundBlock]:
    edges = [0, *sorted(cuts), len(wave)]
    return [SoundBlock(starts_at_ms + a * 1000 // SAMPLE_RATE_HZ, wave[a:b]) for a, b in pairwise(edges)]


def framed(pieces: list[SoundBlock]) -> list[SoundWindow]:
    framer = SoundFramer()
    return [window for block in pieces for window in framer.windows(block)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, len(RAMP)), max_size=12), st.integers(0, 10**9))
def test_windows_do_not_depend_on_where_blocks_are_cut(cuts: list[int], starts_at_ms: int) -> None:
    windows = framed(blocks(RAMP, cuts, starts_at_ms))
    assert [int(w.samples[0]) for w in windows] == list(range(0, len(RAMP) - WINDOW_SAMPLES + 1, HOP_SAMPLES))
    assert [w.at_ms - starts_at_ms for w in windows] == [480 * i for i in range(len(windows))]
    assert all(np.array_equal(w.samples, RAMP[int(w.samples[0]) :][:WINDOW_SAMPLES]) for w in windows)


@pytest.mark.parametrize("jump_ms", [-60_000, -101, 101, 5_000])
def test_no_window_spans_a_gap(jump_ms: int) -> None:
    half = len(RAMP) // 2
    first, second = blocks(RAMP, [half], 100_000)
    late = SoundBlock(second.at_ms + jump_ms, second.samples)
    windows = framed([first, late])
    assert all(w.samples[-1] - w.samples[0] == WINDOW_SAMPLES - 1 for w in windows)
    assert not any(w.samples[0] < half <= w.samples[-1] for w in windows)
    assert next(w.at_ms for w in windows if w.samples[0] >= half) == late.at_ms


def test_jitter_of_the_sound_card_is_no_gap() -> None:
    pieces = blocks(RAMP, [20_000, 50_000])
    jittered = [
        SoundBlock(piece.at_ms + shift, piece.samples) for piece, shift in zip(pieces, (0, 40, -30), strict=True)
    ]
    assert len(framed(jittered)) == len(framed(pieces))


def test_windows_keep_no_long_block_alive() -> None:
    framer = SoundFramer()
    framer.windows(SoundBlock(0, np.zeros(SAMPLE_RATE_HZ * 60, np.float32)))
    assert all(piece.base is None and len(piece) < WINDOW_SAMPLES for piece in framer._pieces)


def test_level_of_known_waves() -> None:
    sine = np.sin(np.linspace(0, 2 * np.pi * 100, 16_000, endpoint=False)).astype(np.float32)
    assert level_dbfs(sine) == pytest.approx(-3.01, abs=0.01)
    assert level_dbfs(np.ones(100, np.float32)) == 0
    assert level_dbfs(np.zeros(100, np.float32)) == -120


def half_a_minute(seed: int, cue: SoundCue = SoundCue.MEDIA) -> Wave:
    return SYNTHESISERS[cue](30.0, np.random.default_rng(seed))


def differing_bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_replayed_recording_is_found_at_another_loudness_and_over_room_noise() -> None:
    wave = half_a_minute(1)
    noise = SYNTHESISERS[SoundCue.QUIET](30.0, np.random.default_rng(9))
    assert differing_bits(fingerprint(wave), fingerprint(wave * np.float32(0.1))) <= 1
    assert differing_bits(fingerprint(wave), fingerprint(wave * np.float32(0.3) + noise)) <= 8


def test_replayed_recording_that_begins_a_little_later_is_found() -> None:
    wave = half_a_minute(1)
    assert differing_bits(fingerprint(wave), fingerprint(np.roll(wave, 4_000))) <= 12


def test_replayed_recording_is_found_through_another_loudspeaker() -> None:
    wave = half_a_minute(1)
    thin = signal.lfilter([1, -0.97], [1], wave).astype(np.float32)
    assert differing_bits(fingerprint(wave), fingerprint(thin)) <= 6


@pytest.mark.parametrize("cue", [SoundCue.MEDIA, SoundCue.APPLIANCE, SoundCue.QUIET, SoundCue.TABLEWARE])
def test_two_takes_of_one_kind_of_sound_are_not_taken_for_a_replay(cue: SoundCue) -> None:
    takes = [fingerprint(half_a_minute(seed, cue)) for seed in range(3)]
    assert min(differing_bits(a, b) for i, a in enumerate(takes) for b in takes[:i]) >= 14


def test_a_fingerprint_each_unbroken_half_minute() -> None:
    printer, minute = Fingerprinter(), half_a_minute(3)
    whole = np.concatenate([minute, minute, minute[:1000]])
    found = [one for block in blocks(whole, [100_000, 700_000], 5_000) for one in printer.fingerprints(block)]
    assert [one.at_ms for one in found] == [5_000, 35_000]
    assert found[0].bits == found[1].bits == fingerprint(minute)
    assert printer.fingerprints(SoundBlock(600_000, minute[:400_000])) == []


def test_a_microphone_of_low_gain_is_not_at_once_evidence_of_silence(registry: Path) -> None:
    classifier = CareSoundClassifier(ModelStore.open(registry))
    hiss = np.random.default_rng(1).standard_normal(WINDOW_SAMPLES).astype(np.float32)
    faint = SoundWindow(0, hiss * np.float32(10 ** (-63 / 20)))
    assert classifier.classify(faint).probabilities != QUIET_ALONE


def test_below_the_level_gate_it_is_quiet_and_above_it_the_model_is_asked(registry: Path) -> None:
    classifier = CareSoundClassifier(ModelStore.open(registry))
    hiss = np.random.default_rng(1).standard_normal(WINDOW_SAMPLES).astype(np.float32)
    below = classifier.classify(SoundWindow(0, hiss * np.float32(10 ** ((GATE_DBFS - 1) / 20))))
    above = classifier.classify(SoundWindow(0, hiss * np.float32(10 ** ((GATE_DBFS + 1) / 20))))
    assert below.probabilities == QUIET_ALONE
    assert above.probabilities != QUIET_ALONE
    assert above.probability(SoundCue.QUIET) > 0.5
