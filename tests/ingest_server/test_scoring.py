from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ingest_server.errors import CalibrationError
from ingest_server.scoring.calibration import (
    CURRENT,
    Absence,
    Calibration,
    alone,
    check_calibration,
    parse_calibration,
    shipped_calibration,
    shipped_versions,
)
from ingest_server.scoring.evidence import EVIDENCE, EVIDENCE_IDS, by_cue
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.seen import see
from ingest_server.scoring.verdict import DOUBTED, Band, Verdict
from ingest_server.scoring.weigher import by_id, measure
from ingest_server.scoring.weights import Weights
from ingest_server.scoring.wording import ABSENCES, SENTENCES, told
from tests.ingest_server.conftest import weigher
from tests.visit_record.examples import CHECK_IN_MS, honest_visit, minutes
from visit_record.catalogue import service_items
from visit_record.record import (
    Clock,
    Coverage,
    FaceCheck,
    FaceEvidence,
    Fix,
    Integrity,
    IntegrityEvent,
    Liveness,
    NotObserved,
    OccupancyEvidence,
    OccupancyInterval,
    PlannedOrder,
    ServiceClaim,
    Services,
    SoundEvidence,
    SoundInterval,
    Span,
    VisitRecord,
    VoiceCheck,
    VoiceEvidence,
    Where,
)
from visit_record.vocabulary import (
    CheckMoment,
    ClockSource,
    Ending,
    ExceptionCode,
    FixType,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    PlaceCue,
    SoundCue,
    Typology,
)

WITHHELD = NotObserved(NotObservedReason.CONSENT_WITHHELD)
FAULT = NotObserved(NotObservedReason.SENSOR_FAULT)
SILENCE = SoundEvidence((), 0.99, 1.0, ())
DOORS = tuple(SoundInterval(SoundCue.DOOR, minutes(at), 3.0, 0.8) for at in (0, 59))
ONLY_DOORS = SoundEvidence(DOORS, 0.97, 1.0, ())
TELEVISION = SoundInterval(SoundCue.MEDIA, minutes(1), 3000.0, 0.9)
TALK = tuple(SoundInterval(SoundCue.SPEECH, minutes(at), 20.0, 0.9) for at in range(2, 58, 4))
# A word at the door, and nothing after it.
GREETING = VoiceEvidence((VoiceCheck(minutes(1), 0.83, 4.0),), 1)
FEEDING = Services((ServiceClaim("feeding", minutes(3), 1200.0),), ())


WHOLE_HOUR = Services(
    tuple(
        ServiceClaim(item, minutes(at), 960.0)
        for item, at in (("feeding", 2), ("hair_washing", 20), ("bed_making", 38))
    ),
    (),
)


def alone_in_bed(duration_s: float = 3600.0) -> OccupancyEvidence:
    return OccupancyEvidence((OccupancyInterval(CHECK_IN_MS, duration_s, 1, True, False, False),), None, 1.0)


def face(similarity: float, later: float, *, alive: bool) -> FaceEvidence:
    live = Liveness(LivenessMethod.HEAD_TURN, alive, 0.3 if alive else 0.01)
    not_asked = NotObserved(NotObservedReason.NOT_ASKED)
    return FaceEvidence(
        (
            FaceCheck(CheckMoment.CHECK_IN, CHECK_IN_MS, 8, 1, similarity, 0.9, None, live),
            FaceCheck(CheckMoment.CHECK_OUT, minutes(60), 8, 1, later, 0.9, None, not_asked),
        )
    )


def weigh(**changes: object) -> Verdict:
    return weigher().weigh(honest_visit(**changes))


@dataclass(frozen=True)
class Staged:
    """A way of faking as its record would show it."""

    typology: Typology
    changes: dict[str, object]


FAKED = [
    Staged(
        Typology.EMPTY_ORDER,
        {"occupancy": alone_in_bed(), "sound": ONLY_DOORS, "services": FEEDING, "voice": GREETING},
    ),
    Staged(
        Typology.COLLUDING_FAMILY,
        {
            "occupancy": OccupancyEvidence((OccupancyInterval(CHECK_IN_MS, 3600.0, 2, True, False, False),), None, 1.0),
            "sound": SoundEvidence(
                (*DOORS, *TALK, SoundInterval(SoundCue.MEDIA, minutes(1), 1200.0, 0.9)), 0.5, 1.0, ()
            ),
            "services": WHOLE_HOUR,
        },
    ),
    Staged(
        Typology.PROXY_CAREGIVER,
        {"face": face(0.62, 0.2, alive=False), "voice": VoiceEvidence((VoiceCheck(minutes(5), 0.55, 8.0),), 2)},
    ),
    Staged(
        Typology.RECIPIENT_ABSENT,
        {
            "occupancy": OccupancyEvidence(
                (OccupancyInterval(CHECK_IN_MS, 3600.0, 1, False, False, False),), None, 1.0
            ),
            "sound": ONLY_DOORS,
            "voice": GREETING,
            "services": FEEDING,
        },
    ),
    Staged(
        Typology.PADDED_DURATION,
        {
            "occupancy": OccupancyEvidence(
                (
                    OccupancyInterval(CHECK_IN_MS, 900.0, 2, True, True, True),
                    OccupancyInterval(minutes(15), 2700.0, 1, True, False, False),
                ),
                None,
                1.0,
            ),
            "sound": SoundEvidence(
                (*DOORS, *TALK[:3], SoundInterval(SoundCue.TABLEWARE, minutes(4), 120.0, 0.8)), 0.9, 1.0, ()
            ),
            "voice": VoiceEvidence((VoiceCheck(minutes(5), 0.83, 8.0),), 2),
            "services": WHOLE_HOUR,
        },
    ),
    Staged(
        Typology.SERVICE_SWAP,
        {
            "occupancy": OccupancyEvidence(
                (
                    OccupancyInterval(CHECK_IN_MS, 1200.0, 2, True, True, True),
                    OccupancyInterval(minutes(20), 2400.0, 2, True, False, False),
                ),
                None,
                1.0,
            ),
            "services": Services(
                (ServiceClaim("hair_washing", minutes(3), 1500.0), ServiceClaim("bed_making", minutes(30), 1500.0)), ()
            ),
            "sound": SoundEvidence(
                (*DOORS, *TALK, *(SoundInterval(SoundCue.EATING, minutes(at), 900.0, 0.8) for at in (4, 32))),
                0.4,
                1.0,
                (),
            ),
        },
    ),
    Staged(
        Typology.FALSE_LOCATION,
        {
            "occupancy": OccupancyEvidence(
                (OccupancyInterval(CHECK_IN_MS, 3600.0, 1, False, False, False),), None, 1.0
            ),
            "sound": ONLY_DOORS,
            "voice": GREETING,
            "where": Where(
                Fix(CHECK_IN_MS, 30.2, 120.1, FixType.FIX_3D, 5.0, 0, None, 3.0, 160_000.0),
                NotObserved(NotObservedReason.LOCATION_OFF),
                (PlaceCue.NO_SATELLITES_YET_FIX, PlaceCue.TIME_OFFSET),
            ),
        },
    ),
]


@pytest.mark.parametrize("staged", FAKED, ids=lambda staged: staged.typology)
def test_faked_visit_is_put_up_for_review_by_its_own_name(staged: Staged) -> None:
    verdict = weigh(**staged.changes)
    assert verdict.band in DOUBTED
    assert verdict.typology is staged.typology
    assert verdict.reasons[0].decibans > 0


def test_honest_visit_is_credible() -> None:
    verdict = weigh()
    assert (verdict.band, verdict.typology) == (Band.CREDIBLE, Typology.GENUINE)
    assert verdict.suspicion < 0.05


MISSING: dict[str, dict[str, object]] = {
    "camera withheld": {"face": WITHHELD},
    "microphone withheld": {"voice": WITHHELD, "sound": WITHHELD},
    "thermal array broken": {"occupancy": FAULT},
    "no satellites indoors": {"where": Where(FAULT, FAULT, ())},
    "camera and microphone withheld": {"face": WITHHELD, "voice": WITHHELD, "sound": WITHHELD},
    "silent microphone": {"sound": SILENCE},
    "silent care": {"sound": SoundEvidence((*DOORS, *TALK), 0.9, 1.0, ())},
    "another way in": {"face": FaceEvidence(())},
}


@pytest.mark.parametrize("case", MISSING)
def test_honest_visit_is_not_suspected_for_what_could_not_be_observed(case: str) -> None:
    assert weigh(**MISSING[case]).band not in DOUBTED


def test_visit_of_which_nothing_was_observed_is_insufficient_evidence() -> None:
    verdict = weigh(face=FAULT, voice=FAULT, occupancy=FAULT, sound=FAULT, where=Where(FAULT, FAULT, ()))
    assert verdict.band is Band.INSUFFICIENT_EVIDENCE
    assert ExceptionCode.SENSOR_FAULT in {exception.code for exception in verdict.exceptions}


def test_a_record_that_says_it_was_never_asked_does_not_get_off() -> None:
    nothing = NotObserved(NotObservedReason.NOT_ASKED)
    verdict = weigh(face=nothing, voice=nothing, occupancy=nothing, sound=nothing, where=Where(nothing, nothing, ()))
    assert verdict.band is Band.INSUFFICIENT_EVIDENCE


@pytest.mark.parametrize("version", shipped_versions())
@pytest.mark.parametrize("items", by_cue().values(), ids=by_cue())
def test_no_single_cue_passes_the_review_threshold(items: tuple[str, ...], version: str) -> None:
    table = shipped_calibration(EVIDENCE_IDS, version)
    rows = [row for row in table.row if row.evidence in items]
    assert alone(rows, table.prior).suspicion < table.single_cue_limit


def test_a_similarity_on_another_models_scale_is_not_read_on_ours() -> None:
    """SFace's cosine of one person may be 0.38: on dlib's scale that is somebody else."""
    near, sface = face(0.38, 0.38, alive=True), {"face_embedder": "0" * 64}
    codes = [{raised.code for raised in weigh(face=near, **more).exceptions} for more in ({}, {"models": sface})]
    assert ExceptionCode.FACE_MISMATCH in codes[0]
    assert ExceptionCode.FACE_MISMATCH not in codes[1]


@pytest.mark.parametrize("method", [LivenessMethod.TEXTURE, LivenessMethod.ANTISPOOF])
def test_a_face_that_only_looks_like_a_picture_hardly_weighs_and_needs_no_explaining(method: LivenessMethod) -> None:
    looks_odd, missed = (
        weigh(face=FaceEvidence((msgspec.structs.replace(face(0.7, 0.7, alive=False).checks[0], liveness=shown),)))
        for shown in (Liveness(method, False, 9.0), Liveness(LivenessMethod.CHALLENGE, False, 0.0))
    )
    assert ExceptionCode.FACE_LIVENESS_FAIL not in {raised.code for raised in looks_odd.exceptions}
    assert ExceptionCode.FACE_LIVENESS_FAIL in {raised.code for raised in missed.exceptions}
    assert looks_odd.suspicion < missed.suspicion


def weights_of(**values: float) -> NDArray[np.float64]:
    row = [[values.get(item.id, np.nan) for item in EVIDENCE]]
    weighed: NDArray[np.float64] = Weights.compiled(shipped_calibration(EVIDENCE_IDS)).items(np.array(row))[0]
    return weighed


def test_one_sense_is_bounded_however_many_cues_it_gives_and_what_is_told_is_what_counted() -> None:
    table = shipped_calibration(EVIDENCE_IDS)
    proxy = table.faked.index(Typology.PROXY_CAREGIVER)
    face = {"face_check_in": -1.0, "face_during": -1.0, "face_check_out": -1.0, "liveness": 0.0, "other_match": -1.0}
    each = [weights_of(**{evidence: value})[:, proxy].sum() for evidence, value in face.items()]
    assert sum(each) > table.group_bound_db
    assert weights_of(**face)[:, proxy].sum() == pytest.approx(table.group_bound_db)


def test_weight_is_linear_between_points_and_level_beyond_them() -> None:
    table = shipped_calibration(EVIDENCE_IDS)
    row = next(row for row in table.row if row.evidence == "voice")
    place = [item.id for item in EVIDENCE].index("voice")
    proxy = table.faked.index(Typology.PROXY_CAREGIVER)
    curve = row.weights[Typology.PROXY_CAREGIVER]
    middle = (row.at[0] + row.at[1]) / 2
    told = [weights_of(voice=value)[place, proxy] for value in (-9.0, row.at[0], middle, row.at[-1], 9.0)]
    assert told == pytest.approx([curve[0], curve[0], (curve[0] + curve[1]) / 2, curve[-1], curve[-1]])


def test_what_a_missing_sense_weighs_is_told_and_never_speaks_against() -> None:
    table = shipped_calibration(EVIDENCE_IDS)
    lighter = dict.fromkeys(table.faked, -2.0)
    table = msgspec.structs.replace(table, absent=tuple(Absence(group, "test", lighter) for group in ("face", "sound")))
    verdict = weigher(table).weigh(honest_visit(face=WITHHELD, sound=WITHHELD))
    absent = {reason.evidence: reason.decibans for reason in verdict.reasons if reason.evidence in ABSENCES}
    assert absent == pytest.approx({"absent:face": -2.0, "absent:sound": -2.0})
    fuller = weigher(msgspec.structs.replace(table, absent=())).weigh(honest_visit(face=WITHHELD, sound=WITHHELD))
    assert verdict.suspicion < fuller.suspicion


def test_what_was_not_observed_weighs_nothing() -> None:
    assert not weights_of().any()


ROOMS = {
    "room": {"occupancy"},
    "hearing": {"sound"},
    "agreement": {"agreement"},
    "place": {"place"},
    "identity": {"face", "voice"},
}


def test_what_rests_on_one_sense_is_in_one_group() -> None:
    for item in EVIDENCE:
        room = item.measure.__module__.rsplit(".", 1)[-1]
        assert item.group in ROOMS.get(room, {"conduct", "device"}), item.id


def half_blind() -> OccupancyEvidence:
    """The bed's place unknown: one person may be either; for five seconds there is an answer, and it is no."""
    someone = OccupancyInterval(CHECK_IN_MS, 3500.0, 1, None, None, None)
    nobody = OccupancyInterval(CHECK_IN_MS + 3_500_000, 5.0, 0, None, None, None)
    return OccupancyEvidence((someone, nobody), None, 1.0)


# A third of the visit heard, and the care came after that.
DEAF = SoundEvidence((), 0.99, 0.35, ())
LATE_CARE = Services((ServiceClaim("feeding", minutes(30), 1200.0),), ())
PARTIAL: dict[str, dict[str, object]] = {
    "five seconds of an empty room": {"occupancy": half_blind(), "sound": SILENCE},
    "microphone lost before the care": {"sound": DEAF, "services": LATE_CARE},
    "microphone lost, bed unknown": {"sound": DEAF, "services": LATE_CARE, "occupancy": half_blind()},
    "array blind for most of the care": {
        "occupancy": OccupancyEvidence((OccupancyInterval(CHECK_IN_MS, 1500.0, 1, True, False, False),), None, 0.42)
    },
    "no accuracy told, indoors": {
        "where": Where(Fix(CHECK_IN_MS, 31.23, 121.47, FixType.FIX_2D, None, 4, None, None, 450.0), FAULT, ())
    },
    "clock never set": {
        "clock": Clock(ClockSource.UNSYNCHRONISED, None),
        "where": Where(
            Fix(CHECK_IN_MS, 31.23, 121.47, FixType.FIX_3D, 6.0, 9, 1.1, 7200.0, 8.0), FAULT, (PlaceCue.TIME_OFFSET,)
        ),
        "integrity": Integrity((IntegrityEvent(IntegrityKind.CLOCK_STEP, minutes(30), None),), ()),
    },
}


@pytest.mark.parametrize("case", PARTIAL)
def test_honest_visit_is_not_suspected_for_what_was_seen_in_part(case: str) -> None:
    verdict = weigh(**PARTIAL[case])
    assert verdict.band not in DOUBTED
    codes = {exception.code for exception in verdict.exceptions}
    assert not codes & {ExceptionCode.NO_OCCUPANCY, ExceptionCode.GPS_DISTANCE, ExceptionCode.GPS_SPOOF_SUSPECT}


def measured_of(record: VisitRecord) -> Mapping[str, Measured]:
    return by_id(measure(see(record, service_items())))


CARE = SoundEvidence((*DOORS, SoundInterval(SoundCue.WATER, minutes(4), 600.0, 0.8)), 0.8, 1.0, ())


def test_care_that_was_given_and_not_claimed_is_no_swap() -> None:
    unclaimed = measured_of(honest_visit(sound=CARE, services=Services((), ())))
    unknown = measured_of(
        honest_visit(sound=CARE, services=Services((ServiceClaim("of-tomorrow", minutes(3), 600.0),), ()))
    )
    assert isinstance(unclaimed["unclaimed_care"], NotObservedReason)
    assert isinstance(unknown["unclaimed_care"], NotObservedReason)


def test_button_pressed_twice_contradicts_nothing() -> None:
    twice = Services((ServiceClaim("feeding", minutes(30), 0.0),), ())
    assert isinstance(measured_of(honest_visit(sound=CARE, services=twice))["claims_contradicted"], NotObservedReason)


def test_broken_sensor_does_not_lower_what_the_others_covered() -> None:
    broken = Integrity(
        (), (Coverage(Modality.THERMAL, 0.0, NotObservedReason.SENSOR_FAULT), Coverage(Modality.SOUND, 1.0, None))
    )
    assert measured_of(honest_visit(integrity=broken))["coverage"] == 1.0


def test_care_beside_a_television_that_was_not_heard_is_not_held_against_anybody() -> None:
    drowned = SoundEvidence((*DOORS, TELEVISION), 0.1, 1.0, ())
    found = measured_of(honest_visit(sound=drowned, services=FEEDING))
    for evidence in ("care_sound_share", "items_heard", "silent_tail"):
        assert isinstance(found[evidence], NotObservedReason), evidence


def test_care_that_could_not_be_heard_is_not_called_unsupported() -> None:
    codes = {exception.code for exception in weigh(**PARTIAL["microphone lost before the care"]).exceptions}
    assert not codes & {ExceptionCode.ITEM_UNSUPPORTED, ExceptionCode.NO_CARE_ACTIVITY}


def test_television_is_not_taken_for_a_stranger_in_the_caregivers_place() -> None:
    television = SoundEvidence((SoundInterval(SoundCue.MEDIA, minutes(2), 3400.0, 0.9),), 0.1, 1.0, ())
    talking = VoiceEvidence(tuple(VoiceCheck(minutes(at), 0.5, 5.0) for at in range(3, 55)), 3)
    verdict = weigh(sound=television, voice=talking)
    assert "voice" in {unobserved.evidence for unobserved in verdict.unobserved}
    assert ExceptionCode.VOICE_MISMATCH not in {exception.code for exception in verdict.exceptions}


def test_stepped_clock_is_a_clock_skew_and_nobodys_deed() -> None:
    verdict = weigh(**PARTIAL["clock never set"])
    assert ExceptionCode.CLOCK_SKEW in {exception.code for exception in verdict.exceptions}
    deeds = [reason for reason in verdict.reasons if reason.evidence == "tampering"]
    assert [(reason.value, reason.decibans) for reason in deeds] == [(0.0, 0.0)]


def test_every_reason_speaks_both_languages_with_its_value() -> None:
    for reason in told(weigh()).reasons:
        assert reason.zh and reason.en
        assert any(character.isdigit() for character in reason.zh)
    assert SENTENCES.keys() == EVIDENCE_IDS


def test_tampering_and_endings_raise_their_exceptions() -> None:
    event = IntegrityEvent(IntegrityKind.CAMERA_COVERED, minutes(10), None)
    verdict = weigh(
        integrity=Integrity((event,), ()), span=Span(CHECK_IN_MS, minutes(60), 3600.0, Ending.ABANDONED), face=WITHHELD
    )
    codes = {exception.code for exception in verdict.exceptions}
    assert {ExceptionCode.NO_CHECKOUT, ExceptionCode.ABANDONED, ExceptionCode.CONSENT_WITHHELD} <= codes


@settings(deadline=None)
@given(
    people=st.integers(0, 2**31 - 1),
    duration_s=st.floats(0, 31_622_400) | st.just(5e-324),
    planned_s=st.floats(0, 31_622_400) | st.just(5e-324),
    distance_m=st.floats(0, 20_037_508),
    similarity=st.floats(-1, 1),
)
def test_absurd_but_well_formed_values_give_a_verdict(
    people: int, duration_s: float, planned_s: float, distance_m: float, similarity: float
) -> None:
    order = PlannedOrder("order-1", CHECK_IN_MS, planned_s, ("feeding",))
    verdict = weigh(
        occupancy=OccupancyEvidence((OccupancyInterval(CHECK_IN_MS, duration_s, people, None, None, None),), None, 1.0),
        span=Span(CHECK_IN_MS, CHECK_IN_MS, duration_s, Ending.INTERRUPTED),
        where=Where(Fix(CHECK_IN_MS, 0.0, 0.0, FixType.NONE, None, None, None, None, distance_m), FAULT, ()),
        voice=VoiceEvidence((VoiceCheck(CHECK_IN_MS, similarity, duration_s),), 0),
        who=msgspec.structs.replace(honest_visit().who, order=order),
    )
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
    assert 0 <= verdict.suspicion <= 1
    assert sum(verdict.posterior.values()) == pytest.approx(1)


def shipped_text() -> str:
    return files("ingest_server.scoring").joinpath("calibrations", f"{CURRENT}.toml").read_text("utf-8")


BROKEN = {
    "no TOML": (("version", "version = = "), "cannot be read"),
    "unknown evidence": (('evidence = "voice"', 'evidence = "mood"'), "'mood'"),
    "unknown typology": (("\ncolluding_family = [", "\nbad_mood = ["), "bad_mood"),
    "typology of nobody": (("\ncolluding_family = [", "\ndouble_booking = ["), "colluding_family"),
    "unknown key": (('evidence = "voice"', 'evidence = "voice"\nmood = 1'), "mood"),
    "prior that is not whole": (("genuine = 0.92", "genuine = 0.5"), "sums to"),
    "prior that is no number": (("genuine = 0.92", "genuine = nan"), "no finite number"),
    "prior without genuine": (("genuine = 0.92", "double_booking = 0.92"), "genuine"),
    "missing row": (('evidence = "tampering"', 'evidence = "coverage"'), "tampering"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_calibration_is_refused_at_load(case: str) -> None:
    (old, new), named = BROKEN[case]
    text = shipped_text()
    assert old in text
    with pytest.raises(CalibrationError, match=named):
        parse_calibration(text.replace(old, new, 1), EVIDENCE_IDS)


BROKEN_TABLES: dict[str, dict[str, object]] = {
    "version": {"version": "a version"},
    "item_bound_db": {"item_bound_db": float("inf")},
    "group_bound_db": {"group_bound_db": float("nan")},
    "single_cue_limit": {"single_cue_limit": 7.0},
    "least_observed_share": {"least_observed_share": float("nan")},
    "no such group": {
        "absent": (Absence("fase", "by hand", dict.fromkeys(shipped_calibration(EVIDENCE_IDS).faked, -1.0)),)
    },
}


@pytest.mark.parametrize("case", BROKEN_TABLES)
def test_table_whose_bounds_bound_nothing_is_refused(case: str) -> None:
    table = msgspec.structs.replace(shipped_calibration(EVIDENCE_IDS), **BROKEN_TABLES[case])
    with pytest.raises(CalibrationError, match=case):
        check_calibration(table, EVIDENCE_IDS)


def with_row(**changes: object) -> Calibration:
    """The shipped table with another row for the voice."""
    table = shipped_calibration(EVIDENCE_IDS)
    rows = tuple(msgspec.structs.replace(row, **changes) if row.evidence == "voice" else row for row in table.row)
    return msgspec.structs.replace(table, row=rows)


def level(*weights: float, typology: Typology = Typology.PROXY_CAREGIVER) -> dict[str, object]:
    zeros: dict[Typology, tuple[float, ...]] = dict.fromkeys(
        shipped_calibration(EVIDENCE_IDS).faked, (0.0,) * len(weights)
    )
    return {"at": tuple(0.1 * nth for nth in range(len(weights))), "weights": zeros | {typology: weights}}


BROKEN_ROWS: dict[str, dict[str, object]] = {
    "not monotone": level(0.0, 5.0, 0.0),
    "beyond the bound": level(0.0, 99.0),
    "not a number": level(0.0, float("nan")),
    "against everybody": level(1.0, 2.0),
    "endless": level(*[0.0] * 65),
    "values out of reach": level(0.0, 1.0) | {"at": (0.0, 1e300)},
    "one value": level(0.0),
    "falling values": level(0.0, 1.0) | {"at": (0.2, 0.1)},
    "infinite value": level(0.0, 1.0) | {"at": (0.1, float("inf"))},
    "weights without values": level(0.0, 1.0) | {"at": (0.1, 0.2, 0.3)},
    "enough alone": {
        "at": (0.0, 1.0),
        "weights": dict.fromkeys(shipped_calibration(EVIDENCE_IDS).faked, (0.0, 11.0)),
    },
}


@pytest.mark.parametrize("case", BROKEN_ROWS)
def test_broken_row_is_refused_by_name(case: str) -> None:
    table = with_row(**BROKEN_ROWS[case])
    with pytest.raises(CalibrationError, match="'voice'"):
        check_calibration(table, EVIDENCE_IDS)


@pytest.mark.parametrize("version", shipped_versions())
def test_device_to_which_nothing_was_done_weighs_against_nobody(version: str) -> None:
    table = shipped_calibration(EVIDENCE_IDS, version)
    (row,) = (row for row in table.row if row.evidence == "tampering")
    assert row.at[0] == 0.0
    assert max(weights[0] for weights in row.weights.values()) <= 0.0


def test_what_could_not_be_observed_may_not_weigh_against_a_visit() -> None:
    table = shipped_calibration(EVIDENCE_IDS)
    blamed = Absence("sound", "by hand", dict.fromkeys(table.faked, 0.0) | {Typology.EMPTY_ORDER: 0.1})
    with pytest.raises(CalibrationError, match="'sound'"):
        check_calibration(msgspec.structs.replace(table, absent=(blamed,)), EVIDENCE_IDS)


def test_every_evidence_has_a_row() -> None:
    assert {row.evidence for row in shipped_calibration(EVIDENCE_IDS).row} == {item.id for item in EVIDENCE}
