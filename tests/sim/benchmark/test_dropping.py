import pytest
from msgspec.structs import replace

from ingest_server.scoring.verdict import Band
from sim.benchmark.dropping import SENSES, complete, without
from tests.ingest_server.conftest import weigher
from tests.visit_record.examples import honest_visit
from visit_record.record import FaceEvidence, Liveness, NotObserved
from visit_record.vocabulary import IdentityMethod, LivenessMethod, Modality, NotObservedReason

BROKEN = NotObserved(NotObservedReason.SENSOR_FAULT)


@pytest.mark.parametrize("sense", SENSES)
def test_nothing_of_a_dropped_sense_is_left(sense: Modality) -> None:
    record = without(honest_visit(), (sense,))
    part = {
        Modality.FACE: record.face,
        Modality.VOICE: record.voice,
        Modality.SOUND: record.sound,
        Modality.THERMAL: record.occupancy,
        Modality.POSITION: record.where.check_in,
    }
    assert [told for told, seen in part.items() if seen == BROKEN] == [sense]
    assert not complete(record)


def test_visit_with_all_its_senses_is_as_it_was() -> None:
    assert without(honest_visit(), ()) is honest_visit() or without(honest_visit(), ()) == honest_visit()


def test_who_has_no_camera_comes_in_by_the_other_way() -> None:
    assert without(honest_visit(), (Modality.FACE,)).who.checked_in_by is IdentityMethod.PIN


def test_without_the_array_no_face_is_warm() -> None:
    face = honest_visit().face
    assert isinstance(face, FaceEvidence)
    warm = Liveness(LivenessMethod.WARM_FACE, passed=True, score=1.0)
    checks = tuple(replace(check, liveness=warm) for check in face.checks)
    seen = without(honest_visit(face=FaceEvidence(checks)), (Modality.THERMAL,)).face
    assert isinstance(seen, FaceEvidence)
    assert all(check.liveness == BROKEN for check in seen.checks)


def test_honest_visit_with_every_sense_dropped_is_no_case_for_anybody() -> None:
    assert weigher().weigh(without(honest_visit(), SENSES)).band is Band.INSUFFICIENT_EVIDENCE
