"""What is measured of a visit, where it is easily got wrong."""

from collections.abc import Mapping

import numpy as np
import pytest
from msgspec.structs import replace

from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE, EVIDENCE_IDS
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.occupied import Answers, Question
from ingest_server.scoring.seen import see
from ingest_server.scoring.weigher import by_id, measure
from ingest_server.scoring.weights import Weights
from tests.visit_record.examples import CHECK_IN_MS, honest_visit, minutes
from visit_record.catalogue import service_items
from visit_record.record import (
    FaceCheck,
    FaceEvidence,
    NotObserved,
    OccupancyEvidence,
    OccupancyInterval,
    ServiceClaim,
    Services,
    SoundEvidence,
    SoundInterval,
    VoiceCheck,
    VoiceEvidence,
)
from visit_record.vocabulary import CheckMoment, NotObservedReason, SoundCue, Typology

NOT_ASKED = NotObserved(NotObservedReason.NOT_ASKED)
TOO_LITTLE = NotObservedReason.TOO_LITTLE_SIGNAL


def measured(**changes: object) -> Mapping[str, Measured]:
    return by_id(measure(see(honest_visit(**changes), service_items())))


def room(*stretches: tuple[float, float, int, bool, bool]) -> OccupancyEvidence:
    """From and to in minutes, people, bed, work by the bed."""
    return OccupancyEvidence(
        tuple(
            OccupancyInterval(minutes(start), 60.0 * (end - start), people, bed, work, work)
            for start, end, people, bed, work in stretches
        ),
        None,
        1.0,
    )


BATHED_LAST = room((0, 30, 2, True, True), (30, 58, 0, False, False), (58, 60, 2, True, False))


@pytest.mark.parametrize("evidence", ["stayed_until", "worked_until"])
def test_an_empty_room_while_bathing_is_claimed_is_nobodys_absence(evidence: str) -> None:
    bathing, feeding = (Services((ServiceClaim(item, minutes(30), 1680.0),), ()) for item in ("bathing", "feeding"))
    excused, absent = (measured(occupancy=BATHED_LAST, services=claimed)[evidence] for claimed in (bathing, feeding))
    assert excused == 1
    assert absent == pytest.approx(30 / 58, abs=0.01)


def test_nobody_is_in_the_bathroom_for_longer_than_it_takes() -> None:
    claimed = Services((ServiceClaim("bathing", minutes(0), 3600.0),), ())
    usual_s = 60 * service_items()["bathing"].usual_minutes
    found = measured(occupancy=room((0, 60, 0, False, False)), services=claimed)
    assert found["stayed_until"] == pytest.approx((1.5 * usual_s + 60) / 3480)


def test_what_the_array_did_not_see_to_the_end_is_nobodys_early_leaving() -> None:
    lost = replace(room((0, 50, 2, True, True)), coverage=50 / 60)
    assert measured(occupancy=lost)["stayed_until"] == 1


def test_a_claim_after_the_visit_is_neither_seen_nor_unseen() -> None:
    late = Services((ServiceClaim("feeding", minutes(90), 600.0),), ())
    assert measured(occupancy=BATHED_LAST, services=late)["items_attended"] is NotObservedReason.NOT_ASKED


def test_every_question_is_asked_at_the_place_of_its_answer() -> None:
    assert tuple(question.name.lower() for question in Question) == Answers._fields


def test_the_longest_time_without_the_caregiver_is_one_stretch() -> None:
    twice = room((0, 10, 1, True, False), (10, 30, 2, True, True), (30, 45, 1, True, False), (45, 60, 2, True, True))
    assert measured(occupancy=twice)["longest_absence"] == pytest.approx(15 / 60)
    assert measured(occupancy=twice)["company_share"] == pytest.approx(35 / 60)


def test_words_that_noise_covered_are_not_missed() -> None:
    fan = SoundInterval(SoundCue.APPLIANCE, minutes(1), 3400.0, 0.9)
    door = SoundInterval(SoundCue.DOOR, minutes(0), 3.0, 0.9)
    assert measured(sound=SoundEvidence((door, fan), 0.0, 1.0, ()))["speech_share"] is TOO_LITTLE
    assert measured(sound=SoundEvidence((door,), 0.9, 1.0, ()))["speech_share"] == 0


def test_sounds_of_another_item_count_in_the_time_of_the_claimed_one() -> None:
    claimed = Services((ServiceClaim("hair_washing", minutes(10), 600.0),), ())
    eating = SoundInterval(SoundCue.EATING, minutes(10), 300.0, 0.9)
    found = measured(services=claimed, sound=SoundEvidence((eating,), 0.5, 1.0, ()))
    assert found["other_care_share"] == pytest.approx(0.5)
    assert found["cues_unheard_share"] == 1


def face(similarity: float, moment: CheckMoment) -> FaceCheck:
    return FaceCheck(moment, CHECK_IN_MS, 8, 1, similarity, 0.9, None, NOT_ASKED)


def test_two_faces_at_both_ends_lie_apart_and_one_old_face_does_not() -> None:
    ends = (CheckMoment.CHECK_IN, CheckMoment.CHECK_OUT)
    other, old = (FaceEvidence(tuple(map(face, told, ends))) for told in ((0.8, 0.28), (0.52, 0.55)))
    assert measured(face=other)["face_spread"] == pytest.approx(0.52)
    assert measured(face=old)["face_spread"] == pytest.approx(0.03)
    assert measured(face=FaceEvidence((face(0.3, CheckMoment.CHECK_IN),)))["face_spread"] is TOO_LITTLE


def test_one_who_passes_the_camera_is_not_the_face_of_the_visit() -> None:
    looks = FaceEvidence(tuple(face(told, CheckMoment.DURING) for told in (0.75, 0.15, 0.74, 0.76)))
    assert measured(face=looks)["face_least"] == pytest.approx(0.74)
    assert measured(face=FaceEvidence(looks.checks[:2]))["face_least"] is TOO_LITTLE


def test_intervals_that_last_no_time_have_seen_nothing() -> None:
    instant = OccupancyEvidence((OccupancyInterval(CHECK_IN_MS, 0.0, 0, False, False, False),), None, 0.98)
    click = SoundEvidence((SoundInterval(SoundCue.DOOR, CHECK_IN_MS, 0.0, 0.9),), 0.0, 0.99, ())
    found = measured(occupancy=instant, sound=click)
    assert found["stayed_until"] is found["presence_share"] is found["care_sound_share"] is TOO_LITTLE


def test_who_checks_in_is_not_heard_for_who_gives_the_care() -> None:
    checks = (VoiceCheck(minutes(1), 0.9, 5.0), VoiceCheck(minutes(30), 0.5, 5.0), VoiceCheck(minutes(59), 0.9, 5.0))
    found = measured(voice=VoiceEvidence(checks, 2))
    assert found["voice"] == pytest.approx(0.9)
    assert found["voice_between"] == pytest.approx(0.5)


def test_people_on_television_are_not_counted_as_there() -> None:
    checks = VoiceEvidence((VoiceCheck(minutes(30), 0.5, 5.0),), 3)
    television = SoundInterval(SoundCue.MEDIA, minutes(20), 1200.0, 0.9)
    assert measured(voice=checks, sound=SoundEvidence((television,), 0.5, 1.0, ()))["speakers"] is TOO_LITTLE
    assert measured(voice=checks)["speakers"] == 3


def test_a_sense_that_goes_beyond_its_bound_still_tells_which_way_is_likelier() -> None:
    table = shipped_calibration(EVIDENCE_IDS)
    weights = Weights.compiled(replace(table, group_bound_db=6.0))
    nobody = {"recipient_share": 0.0, "company_share": 0.0, "worked_until": 0.0, "still_share": 1.0}
    values = np.array([[nobody.get(item.id, np.nan) for item in EVIDENCE]])
    total = weights.items(values)[0].sum(axis=0)
    absent, empty = (total[table.faked.index(kind)] for kind in (Typology.RECIPIENT_ABSENT, Typology.EMPTY_ORDER))
    assert absent == pytest.approx(6.0)
    assert 0 < empty < absent
