import pytest

from edge_agent.actions import CheckOut, ConsentWithdrawn, ItemFinished, ItemStarted, VisitEvent
from edge_agent.consent import Permissions
from edge_agent.errors import VisitStateError
from edge_agent.observations import FaceObservation, OccupancyObservation, SoundObservation
from edge_agent.timeline import SensorLost, merged
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import PowerLost, VisitState
from tests.edge_agent.stage import StagedSensor, all_sensors, camera, check_in, staged_senses, thermal
from visit_record.record import Consent
from visit_record.vocabulary import CheckMoment, Modality, NotObservedReason

CHECKS = CheckSettings(check_in_s=10, during_every_s=60, during_s=5, check_out_s=10, frame_interval_ms=1000)


def lived(events: list[VisitEvent], sensors: list[StagedSensor], forgotten_after_s: float = 3600) -> VisitSession:
    session = VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings(forgotten_after_s))
    for happening in merged(events, sensors, 0):
        session.happen(happening)
    session.end_of_streams()
    return session


def test_pictures_are_looked_at_in_their_windows_alone() -> None:
    session = lived([CheckOut(100_000)], all_sensors(200))
    assert [window.moment for window in session.windows()] == [
        CheckMoment.CHECK_IN,
        CheckMoment.DURING,
        CheckMoment.CHECK_OUT,
    ]
    looked_s = [seen.at_ms // 1000 for seen in session.observations(FaceObservation)]
    assert looked_s == [*range(10), *range(60, 65), *range(100, 110)]


def test_consent_that_is_taken_back_is_said_to_end_the_sense_s_use_in_both_languages() -> None:
    session = lived([ConsentWithdrawn(5_000, Modality.VOICE), CheckOut(10_000)], all_sensors(20))
    (lost,) = session.lost.told
    assert (lost.reason, lost.detail) == (NotObservedReason.CONSENT_WITHHELD, "此后不再使用 · not used from then on")


def test_after_check_out_nothing_of_the_room_is_sensed() -> None:
    session = lived([CheckOut(100_000)], all_sensors(200))
    assert session.course.state is VisitState.CHECKED_OUT
    for kind in (SoundObservation, OccupancyObservation):
        assert max(seen.at_ms for seen in session.observations(kind)) < 100_000
    assert session.course.ended_ms == 100_000


def test_a_forgotten_check_out_is_abandoned_at_its_time_and_not_when_noticed() -> None:
    session = lived([], [thermal(400)], forgotten_after_s=300)
    assert session.course.state is VisitState.ABANDONED
    assert session.course.ended_ms == 300_000


def test_a_power_cut_interrupts_the_visit() -> None:
    session = lived([PowerLost(50_000), CheckOut(100_000)], all_sensors(200))
    assert session.course.state is VisitState.INTERRUPTED
    assert session.course.ended_ms == session.befallings.power_lost_at_ms == 50_000


def test_streams_that_end_without_check_out_interrupt_the_visit_where_they_end() -> None:
    session = lived([], all_sensors(100))
    assert session.course.state is VisitState.INTERRUPTED
    assert session.course.ended_ms == 99_500


def test_streams_that_end_while_checking_out_leave_it_checked_out() -> None:
    session = lived([CheckOut(99_000)], all_sensors(100))
    assert session.course.state is VisitState.CHECKED_OUT
    assert session.course.ended_ms == 99_000


def test_who_leaves_at_once_is_checked_out_and_its_windows_do_not_overlap() -> None:
    session = lived([CheckOut(4_000)], [camera(60)])
    assert session.course.state is VisitState.CHECKED_OUT
    first, last = session.windows()
    assert first.end_ms == last.start_ms == 4_000


def test_a_sensor_that_fails_is_a_fact_and_the_visit_goes_on() -> None:
    session = lived([CheckOut(100_000)], [thermal(30, fails="the cable is out"), camera(200)])
    assert session.lost.told == [SensorLost(29_000, Modality.THERMAL, "演练：中断 · the cable is out")]
    assert session.course.state is VisitState.CHECKED_OUT


def test_a_sensor_that_never_opens_is_lost_at_check_in() -> None:
    session = lived([CheckOut(100_000)], [thermal(0, fails="no such device"), camera(200)])
    assert session.lost.told == [SensorLost(0, Modality.THERMAL, "演练：中断 · no such device")]


def test_what_was_seen_before_consent_is_dropped_unseen() -> None:
    session = VisitSession(check_in(at_ms=50_000), staged_senses(), CHECKS, VisitSettings())
    for happening in merged([], [thermal(100)], 50_000):
        session.happen(happening)
    assert min(seen.at_ms for seen in session.observations(OccupancyObservation)) == 50_000


def test_a_forbidden_action_changes_nothing_not_even_the_journal() -> None:
    session = lived([ItemStarted(20_000, "feeding"), CheckOut(100_000)], all_sensors(105))
    before = (session.course.state, session.journal.commitment())
    fresh = VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings())
    written = fresh.journal.commitment()
    with pytest.raises(VisitStateError):
        fresh.happen(ItemFinished(1_000, "feeding"))
    assert (fresh.course.state, fresh.journal.commitment()) == (VisitState.CHECKING_IN, written)
    session.happen(ItemFinished(200_000, "feeding"))
    assert (session.course.state, session.journal.commitment()) == before


def test_one_other_reading_gives_another_commitment() -> None:
    events: list[VisitEvent] = [CheckOut(10_000)]
    assert lived(events, [thermal(20)]).journal.commitment() != lived(events, [thermal(9)]).journal.commitment()


CONSENTS: dict[str, tuple[tuple[Consent, ...], set[Modality]]] = {
    "nobody asked": ((), set()),
    "voice alone opens the microphone": ((Consent(Modality.VOICE, True, "1"),), {Modality.SOUND}),
    "sound alone opens the microphone": ((Consent(Modality.SOUND, True, "1"),), {Modality.SOUND}),
    "both withheld": ((Consent(Modality.SOUND, False, "1"), Consent(Modality.VOICE, False, "1")), set()),
    "granted and withheld is withheld": (
        (Consent(Modality.FACE, True, "1"), Consent(Modality.FACE, False, "1")),
        set(),
    ),
}


@pytest.mark.parametrize("case", CONSENTS)
def test_only_what_was_allowed_may_be_opened(case: str) -> None:
    consents, opened = CONSENTS[case]
    permissions = Permissions.of(consents)
    assert {sensor for sensor in Modality if permissions.may_open(sensor)} == opened
