import math

import msgspec
import numpy as np
import pytest

from edge_agent.evidence.sound import MOST_FINGERPRINTS, MOST_INTERVALS, sound_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FingerprintObservation, SoundObservation
from visit_record.record import NotObserved, SoundEvidence
from visit_record.vocabulary import NotObservedReason, SoundCue

CUES = list(SoundCue)
CHECK_IN_MS = 50_000
UTC_MS = 1_750_000_000_000
HOUR_S = 3_600


def visit(duration_s: float = 60.0) -> VisitClock:
    return VisitClock(UTC_MS, CHECK_IN_MS, CHECK_IN_MS + round(duration_s * 1000))


def window(at_s: float, level_dbfs: float = -40.0, **cues: float) -> SoundObservation:
    return SoundObservation(
        CHECK_IN_MS + round(at_s * 1000), tuple(cues.get(cue.value, 0.0) for cue in CUES), level_dbfs
    )


def every_hop(start_s: float, end_s: float, **cues: float) -> list[SoundObservation]:
    return [window(0.48 * hop, **cues) for hop in range(math.ceil(start_s / 0.48), math.ceil(end_s / 0.48))]


def observed(windows: list[SoundObservation], duration_s: float = 60.0) -> SoundEvidence:
    evidence = sound_evidence(windows, [], visit(duration_s))
    assert isinstance(evidence, SoundEvidence)
    return evidence


def test_running_water_becomes_one_interval_in_wall_clock_time() -> None:
    windows = every_hop(0, 20) + every_hop(20, 40, water=0.9) + every_hop(40, 60)
    (interval,) = observed(windows).intervals
    assert interval.cue is SoundCue.WATER
    assert interval.started_at_ms == UTC_MS + 20_160
    assert interval.duration_s == pytest.approx(20.64)
    assert interval.confidence == pytest.approx(0.9)


def test_one_odd_window_is_not_an_event() -> None:
    assert observed([*every_hop(0, 20), window(20, sweeping=0.99), *every_hop(20.48, 60)]).intervals == ()


def test_confidence_counts_the_windows_that_said_no() -> None:
    windows = [window(0.48 * i, water=0.8 if i % 2 else 0.2) for i in range(100)]
    (interval,) = observed(windows).intervals
    assert interval.confidence == pytest.approx(0.5, abs=0.02)


def test_what_was_not_heard_is_not_covered() -> None:
    evidence = observed(every_hop(0, 15, quiet=0.9))
    assert evidence.coverage == pytest.approx(0.26, abs=0.01)
    assert evidence.quiet_share == 1.0


def test_quiet_observed_to_be_absent_is_zero() -> None:
    assert observed(every_hop(0, 60, speech=0.9)).quiet_share == 0.0


def test_dead_microphone_is_not_a_quiet_home() -> None:
    dead = [window(0.48 * i, level_dbfs=-120.0, quiet=1.0) for i in range(125)]
    assert sound_evidence(dead, [], visit()) == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    half = observed(dead[:62] + every_hop(30, 60, speech=0.9))
    assert half.coverage == pytest.approx(0.5, abs=0.02)
    assert half.quiet_share == 0.0


def test_nothing_heard_at_all_is_not_observed() -> None:
    assert isinstance(sound_evidence([], [], visit()), NotObserved)
    assert isinstance(sound_evidence(every_hop(100, 200, quiet=0.9), [], visit()), NotObserved)


def test_what_was_heard_before_check_in_or_after_check_out_is_left_out() -> None:
    prints = [FingerprintObservation(CHECK_IN_MS + at_s * 1000, "0" * 16) for at_s in (-30, 0, 30, 90)]
    evidence = sound_evidence(every_hop(-60, 120, water=0.9), prints, visit())
    assert isinstance(evidence, SoundEvidence)
    assert [(i.started_at_ms - UTC_MS) // 1000 for i in evidence.intervals] == [0]
    assert evidence.intervals[0].duration_s <= 60
    assert evidence.coverage == 1.0
    assert [one.at_ms - UTC_MS for one in evidence.fingerprints] == [0, 30_000]


@pytest.mark.parametrize("hours", [1, 8])
def test_even_the_busiest_visit_fits_its_share_of_a_record(hours: int) -> None:
    rng, duration_s = np.random.default_rng(0), hours * HOUR_S
    spell = np.repeat(rng.random((duration_s // 4, len(CUES))) < 0.4, 10, axis=0)
    windows = [
        SoundObservation(CHECK_IN_MS + 480 * i, tuple(np.where(spell[i], 0.9, 0.1).tolist()), -40.0)
        for i in range(int(duration_s / 0.48))
    ]
    prints = [FingerprintObservation(CHECK_IN_MS + 30_000 * i, "f" * 16) for i in range(120 * hours)]
    evidence = sound_evidence(windows, prints, visit(duration_s))
    assert isinstance(evidence, SoundEvidence)
    assert len(evidence.intervals) <= MOST_INTERVALS
    assert len(evidence.fingerprints) <= MOST_FINGERPRINTS
    assert len(msgspec.json.encode(evidence)) < 24 * 1024
    assert {interval.cue for interval in evidence.intervals} == set(CUES)


def test_the_record_takes_the_evidence() -> None:
    evidence = observed(every_hop(0, 60, speech=0.9, water=0.7))
    assert msgspec.json.decode(msgspec.json.encode(evidence), type=SoundEvidence) == evidence
