"""A record without streams beside that of the same visit, lived: the same shape, whatever the senses made of it."""

from pathlib import Path

import pytest

from edge_agent.identity import create_identity
from edge_agent.outbox import Outbox
from sim.history.record import record_of
from sim.lived import live
from sim.senses import Half, Senses
from sim.staging.plan import plan_visit
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import build_world
from visit_record.chain import next_link
from visit_record.record import FaceEvidence, OccupancyEvidence, SoundEvidence, VisitRecord, VoiceEvidence
from visit_record.sealing import open_record
from visit_record.vocabulary import SoundCue, Typology

pytestmark = pytest.mark.long
HOME = build_world(seed=21).homes[3]
STAGED = stage(plan_visit(7, HOME, HOME.caregivers[0], 1_790_000_000_000, 600.0), Typology.GENUINE)


def lived(staged: StagedVisit, folder: Path, registry: Path) -> VisitRecord:
    home = staged.plan.home
    identity = create_identity(folder, home.device, home.agency)
    live(staged, folder, registry)
    with Outbox(folder / "outbox.db", home.device) as outbox:
        (waiting,) = outbox.pending(2)
    return open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, registry: Path) -> tuple[VisitRecord, VisitRecord]:
    drawn = record_of(STAGED, next_link(0, None), "ueid", {}, Senses.measured(Half.TEST))
    return lived(STAGED, tmp_path_factory.mktemp("lived") / "device", registry), drawn


def test_what_needs_no_senses_is_told_alike(both: tuple[VisitRecord, VisitRecord]) -> None:
    lived, drawn = both
    for part in ("iss", "iat", "agency", "clock", "who", "span", "services", "integrity"):
        assert getattr(drawn, part) == getattr(lived, part), part


def test_camera_looks_at_the_same_moments_as_often(both: tuple[VisitRecord, VisitRecord]) -> None:
    lived, drawn = (record.face for record in both)
    assert isinstance(lived, FaceEvidence)
    assert isinstance(drawn, FaceEvidence)
    assert [(check.moment, check.frames) for check in drawn.checks] == [
        (check.moment, check.frames) for check in lived.checks
    ]
    for one, other in zip(drawn.checks, lived.checks, strict=True):
        assert one.best_other is not None
        assert other.best_other is not None
        assert one.best_other.caregiver == other.best_other.caregiver
        assert abs(one.at_ms - other.at_ms) < 12_000


def test_speech_is_compared_about_as_often(both: tuple[VisitRecord, VisitRecord]) -> None:
    lived, drawn = (record.voice for record in both)
    assert isinstance(lived, VoiceEvidence)
    assert isinstance(drawn, VoiceEvidence)
    assert len(drawn.checks) == pytest.approx(len(lived.checks), rel=0.4)
    said_s = [sum(check.speech_s for check in voice.checks) for voice in (lived, drawn)]
    assert said_s[1] == pytest.approx(said_s[0], rel=0.4)


def test_room_is_cut_into_stretches_at_the_same_moments(both: tuple[VisitRecord, VisitRecord]) -> None:
    lived, drawn = (record.occupancy for record in both)
    assert isinstance(lived, OccupancyEvidence)
    assert isinstance(drawn, OccupancyEvidence)
    assert drawn.coverage == lived.coverage
    moments = {interval.started_at_ms for interval in drawn.intervals}
    kept = [interval for interval in lived.intervals if interval.started_at_ms in moments]
    assert len(kept) >= 0.5 * len(lived.intervals)
    assert lived.path is not None
    assert drawn.path is not None
    assert lived.path.travelled_cells / 3 < drawn.path.travelled_cells < 3 * lived.path.travelled_cells
    assert drawn.path.still_share == pytest.approx(lived.path.still_share, abs=0.25)


def test_room_is_as_quiet_and_cues_are_as_many(both: tuple[VisitRecord, VisitRecord]) -> None:
    lived, drawn = (record.sound for record in both)
    assert isinstance(lived, SoundEvidence)
    assert isinstance(drawn, SoundEvidence)
    assert drawn.coverage == lived.coverage
    assert drawn.quiet_share == pytest.approx(lived.quiet_share, abs=0.15)
    assert len(drawn.intervals) == pytest.approx(len(lived.intervals), rel=0.6)
    assert [print_.at_ms for print_ in drawn.fingerprints] == [print_.at_ms for print_ in lived.fingerprints]
    quiet = [[one for one in sound.intervals if one.cue is SoundCue.QUIET] for sound in (lived, drawn)]
    assert len(quiet[1]) == pytest.approx(len(quiet[0]), rel=0.6)
