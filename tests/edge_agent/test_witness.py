from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from edge_agent.actions import CheckIn, CheckOut, ItemFinished, ItemRefused, ItemStarted, VisitEvent
from edge_agent.assembly import Device
from edge_agent.befallings import MOST_OF_A_KIND
from edge_agent.consent import Permissions
from edge_agent.ended_visit import SealedVisit
from edge_agent.errors import VisitStateError
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.readings import PositionReading
from edge_agent.senses import Senses
from edge_agent.timeline import ClockStepped, DeviceMoved, ReadingsDropped, SensorTurned
from edge_agent.visit_settings import CheckSettings
from edge_agent.visit_state import PowerLost
from edge_agent.witness import Witness
from edge_agent.witness_ports import WallClock
from tests.edge_agent.stage import (
    CHECK_IN_UTC_MS,
    StagedSensor,
    all_sensors,
    camera,
    check_in,
    every,
    microphone,
    receiver,
    staged_senses,
    thermal,
)
from visit_record.bilingual import Words
from visit_record.fitted import Fault, Part, SensorState
from visit_record.record import (
    FaceEvidence,
    Fix,
    NotObserved,
    OccupancyEvidence,
    SoundEvidence,
    VisitRecord,
    VoiceEvidence,
)
from visit_record.sealing import digest_of, open_record
from visit_record.vocabulary import Ending, FixType, IntegrityKind, Modality, NotObservedReason, ServiceRefusalReason

CHECKS = CheckSettings(check_in_s=10, during_every_s=200, during_s=5, check_out_s=10)
HONEST: list[VisitEvent] = [
    check_in(),
    ItemStarted(60_000, "feeding"),
    ItemFinished(300_000, "feeding"),
    ItemRefused(310_000, "oral_care", ServiceRefusalReason.RECIPIENT_REFUSED),
    CheckOut(600_000),
]


def no_sense_opened(_check_in: CheckIn, permissions: Permissions, _utc_ms: WallClock) -> Senses:
    senses = staged_senses()
    return replace(senses, hear=senses.hear if permissions.may_open(Modality.SOUND) else None)


@pytest.fixture
def make_witness(identity: Identity, outbox: Outbox) -> Callable[..., Witness]:
    device = Device(identity.names, 7, "0.1.0", None)

    def made(**changes: Any) -> Witness:  # noqa: ANN401
        parts: dict[str, Any] = {
            "device": device,
            "key": identity.key,
            "outbox": outbox,
            "open_senses": no_sense_opened,
            "wall_clock": lambda at_ms: CHECK_IN_UTC_MS + at_ms,
            "checks": CHECKS,
            "entropy": bytes,
        }
        return Witness(**(parts | changes))

    return made


@pytest.fixture
def opened(identity: Identity) -> Callable[[SealedVisit], VisitRecord]:
    return lambda visit: open_record(visit.record.sealed, lambda _kid: identity.key.public_key()).record


Made = Callable[..., Witness]
Opened = Callable[[SealedVisit], VisitRecord]


def test_an_honest_visit_is_sealed_with_all_that_was_observed(make_witness: Made, opened: Opened) -> None:
    record = opened(make_witness().witness(all_sensors(620), HONEST))
    assert (record.iss, record.agency, record.bootcount, record.chain.seq) == ("device-1", "agency-a", 7, 1)
    assert record.span.check_in_ms == CHECK_IN_UTC_MS
    assert (record.span.duration_s, record.span.ending) == (600.0, Ending.CHECKED_OUT)
    assert record.iat * 1000 >= record.span.check_out_ms
    assert isinstance(record.face, FaceEvidence)
    assert isinstance(record.voice, VoiceEvidence)
    assert isinstance(record.sound, SoundEvidence)
    assert isinstance(record.occupancy, OccupancyEvidence)
    assert isinstance(record.where.check_in, Fix)
    assert [claim.item for claim in record.services.claimed] == ["feeding"]
    assert [refused.item for refused in record.services.refused] == ["oral_care"]
    assert record.integrity.events == ()
    assert {cover.modality: cover.reason for cover in record.integrity.coverage} == dict.fromkeys(Modality)


def test_the_same_visit_makes_the_same_record(make_witness: Made, opened: Opened, tmp_path: Path) -> None:
    first = opened(make_witness().witness(all_sensors(620), HONEST))
    with Outbox(tmp_path / "other.db", "device-1") as fresh:
        assert opened(make_witness(outbox=fresh).witness(all_sensors(620), HONEST)) == first


def test_the_commitment_is_the_hash_of_the_journal_that_stays(
    make_witness: Made, opened: Opened, outbox: Outbox
) -> None:
    record = opened(make_witness().witness(all_sensors(620), HONEST))
    lines = outbox.journal(record.jti)
    assert lines is not None
    assert digest_of(lines) == record.commitment
    assert lines.startswith(b'{"type":"CheckIn"')


@pytest.mark.parametrize("sense", [Modality.FACE, Modality.THERMAL, Modality.POSITION])
def test_a_sensor_without_consent_is_never_opened(make_witness: Made, opened: Opened, sense: Modality) -> None:
    sensors = all_sensors(620)
    record = opened(make_witness().witness(sensors, [check_in(withheld=[sense]), CheckOut(600_000)]))
    assert {sensor.modality for sensor in sensors if not sensor.opened} == {sense}
    withheld = NotObserved(NotObservedReason.CONSENT_WITHHELD)
    parts = {Modality.FACE: record.face, Modality.THERMAL: record.occupancy, Modality.POSITION: record.where.check_in}
    assert parts[sense] == withheld
    cover = next(cover for cover in record.integrity.coverage if cover.modality is sense)
    assert (cover.observed_share, cover.reason) == (0.0, NotObservedReason.CONSENT_WITHHELD)


def test_the_microphone_stays_shut_only_if_sound_and_voice_are_both_withheld(
    make_witness: Made, opened: Opened
) -> None:
    both, voice_only = microphone(620), microphone(620)
    shut = [check_in(withheld=[Modality.SOUND, Modality.VOICE]), CheckOut(600_000)]
    record = opened(make_witness().witness([both], shut))
    assert not both.opened
    assert record.sound == record.voice == NotObserved(NotObservedReason.CONSENT_WITHHELD)
    later = make_witness(wall_clock=lambda at_ms: CHECK_IN_UTC_MS + 7_200_000 + at_ms)
    record = opened(later.witness([voice_only], [check_in(withheld=[Modality.VOICE]), CheckOut(600_000)]))
    assert voice_only.opened
    assert isinstance(record.sound, SoundEvidence)
    assert record.voice == NotObserved(NotObservedReason.CONSENT_WITHHELD)


def test_who_was_not_asked_has_not_consented(make_witness: Made, opened: Opened) -> None:
    sensors = all_sensors(620)
    record = opened(make_witness().witness(sensors, [check_in(asked=[]), CheckOut(600_000)]))
    assert not any(sensor.opened for sensor in sensors)
    assert record.face == NotObserved(NotObservedReason.NOT_ASKED)


def test_a_device_without_a_camera_says_so(make_witness: Made, opened: Opened) -> None:
    record = opened(make_witness().witness([thermal(620)], [check_in(), CheckOut(600_000)]))
    assert record.face == NotObserved(NotObservedReason.SENSOR_ABSENT)
    assert record.where.check_in == NotObserved(NotObservedReason.SENSOR_ABSENT)


def test_a_sensor_that_breaks_becomes_an_event_and_a_reason_and_the_rest_is_kept(
    make_witness: Made, opened: Opened
) -> None:
    sensors: list[StagedSensor] = [camera(620), microphone(300, fails="unplugged"), receiver(620)]
    sensors.append(thermal(0, fails="no such device"))
    record = opened(make_witness().witness(sensors, HONEST))
    lost = {event.modality: event.at_ms for event in record.integrity.events}
    assert lost == {Modality.SOUND: CHECK_IN_UTC_MS + 299_000, Modality.THERMAL: CHECK_IN_UTC_MS}
    assert {event.kind for event in record.integrity.events} == {IntegrityKind.SENSOR_LOST}
    assert record.occupancy == NotObserved(NotObservedReason.SENSOR_FAULT)
    assert isinstance(record.sound, SoundEvidence)
    covers = {cover.modality: cover for cover in record.integrity.coverage}
    assert covers[Modality.SOUND].observed_share == pytest.approx(0.5, abs=0.03)
    assert covers[Modality.SOUND].reason is covers[Modality.VOICE].reason is NotObservedReason.SENSOR_FAULT


def test_a_receiver_that_never_finds_a_satellite_costs_no_visit(make_witness: Made, opened: Opened) -> None:
    lost = StagedSensor(Modality.POSITION, [PositionReading(at, FixType.NONE) for at in every(1, 620)])
    record = opened(make_witness().witness([lost], HONEST))
    assert record.where.check_in == record.where.check_out == NotObserved(NotObservedReason.NO_SATELLITES)
    cover = next(cover for cover in record.integrity.coverage if cover.modality is Modality.POSITION)
    assert (cover.observed_share, cover.reason) == (0.0, NotObservedReason.NO_SATELLITES)


def test_a_forgotten_check_out_is_sealed_as_abandoned_however_late_it_is_noticed(
    make_witness: Made, opened: Opened
) -> None:
    record = opened(make_witness().witness([], [check_in(), CheckOut(15_000_000)]))
    assert record.span.ending is Ending.ABANDONED
    assert record.span.duration_s == 14_400.0


def ordered(hours: float) -> CheckIn:
    told = check_in()
    assert told.order is not None
    return changed(told, order=changed(told.order, planned_duration_s=3600 * hours))


@pytest.mark.parametrize(
    ("ordered_h", "left_h", "ended"),
    [
        (6, 6.25, (Ending.CHECKED_OUT, 6.25 * 3600)),
        (6, 9, (Ending.ABANDONED, 8 * 3600)),
        (1, 9, (Ending.ABANDONED, 4 * 3600)),
    ],
)
def test_a_long_order_is_not_abandoned_while_it_is_given(
    make_witness: Made, opened: Opened, ordered_h: float, left_h: float, ended: tuple[Ending, float]
) -> None:
    record = opened(make_witness().witness([], [ordered(ordered_h), CheckOut(round(left_h * 3_600_000))]))
    assert (record.span.ending, record.span.duration_s) == ended


def test_an_item_begun_after_check_out_is_refused_and_costs_no_visit(make_witness: Made, opened: Opened) -> None:
    late = [check_in(), CheckOut(60_000), ItemStarted(61_000, "feeding")]
    witnessed = make_witness().witness([], late)
    assert witnessed.refused_actions
    assert opened(witnessed).services.claimed == ()


def test_a_power_cut_is_told_and_the_visit_is_interrupted(make_witness: Made, opened: Opened) -> None:
    record = opened(make_witness().witness(all_sensors(620), [check_in(), PowerLost(200_000)]))
    assert record.span.ending is Ending.INTERRUPTED
    assert [event.kind for event in record.integrity.events] == [IntegrityKind.POWER_LOSS]


@pytest.mark.parametrize("step_ms", [-86_400_000, 3_600_000])
def test_a_wall_clock_that_is_set_during_the_visit_moves_no_time_and_is_told(
    make_witness: Made, opened: Opened, step_ms: int
) -> None:
    def stepping(at_ms: int) -> int:
        return CHECK_IN_UTC_MS + at_ms + (step_ms if at_ms > 300_000 else 0)

    record = opened(make_witness(wall_clock=stepping).witness(all_sensors(620), HONEST))
    assert [event.kind for event in record.integrity.events] == [IntegrityKind.CLOCK_STEP]
    assert record.span.check_out_ms == CHECK_IN_UTC_MS + 600_000


def test_a_clock_that_is_merely_disciplined_is_no_event(make_witness: Made, opened: Opened) -> None:
    witness = make_witness(wall_clock=lambda at_ms: CHECK_IN_UTC_MS + at_ms + at_ms // 1000)
    assert opened(witness.witness(all_sensors(620), HONEST)).integrity.events == ()


def test_a_double_tap_costs_no_visit_and_is_told(make_witness: Made, opened: Opened) -> None:
    events = [check_in(), ItemStarted(1_000, "feeding"), ItemStarted(1_200, "feeding"), CheckOut(600_000)]
    visit = make_witness().witness(all_sensors(620), [ItemFinished(0, "feeding"), *events])
    assert visit.refused_actions == (
        Words("签到之前的操作，详情见英文", "ItemFinished before check-in"),
        Words("服务进行到这一步时不能这样做，详情见英文", "feeding has been begun already"),
    )
    assert [claim.item for claim in opened(visit).services.claimed] == ["feeding"]


def test_two_thousand_taps_cost_no_visit(make_witness: Made, opened: Opened) -> None:
    taps: list[VisitEvent] = [
        tap
        for at_ms in range(1_000, 599_000, 598)
        for tap in (
            ItemStarted(at_ms, f"item-{at_ms % 40}"),
            ItemFinished(at_ms + 200, f"item-{at_ms % 40}"),
            ItemRefused(at_ms + 300, f"item-{at_ms % 40}", ServiceRefusalReason.OTHER),
        )
    ]
    assert len(taps) > 2_000
    record = opened(make_witness().witness(all_sensors(620), [check_in(), *taps, CheckOut(600_000)]))
    tapped = {tap.item for tap in taps if isinstance(tap, ItemStarted)}
    assert {claim.item for claim in record.services.claimed} == tapped
    assert {refused.item for refused in record.services.refused} == tapped


def test_without_check_in_there_is_no_visit_and_no_sensor_is_opened(make_witness: Made, outbox: Outbox) -> None:
    sensors = all_sensors(620)
    with pytest.raises(VisitStateError, match="nobody checked in"):
        make_witness().witness(sensors, [CheckOut(600_000)])
    assert not any(sensor.opened for sensor in sensors)
    assert outbox.count() == 0


def test_two_visits_make_a_chain(make_witness: Made, opened: Opened) -> None:
    witness = make_witness()
    first = witness.witness(all_sensors(620), HONEST)
    witness = make_witness(wall_clock=lambda at_ms: CHECK_IN_UTC_MS + 7_200_000 + at_ms)
    second = opened(witness.witness(all_sensors(620), HONEST))
    assert (second.chain.seq, second.chain.prev) == (2, first.record.digest)


BEFELL = [
    ClockStepped(50_000, 3_600_000),
    DeviceMoved(60_000),
    SensorTurned(70_000, Part.CAMERA, SensorState.RESTARTING, Fault.BROKEN, 65_000),
    ReadingsDropped(80_000, Part.MICROPHONE, 12),
]


def test_what_befalls_a_fitted_device_is_told_when_it_did_and_is_in_the_journal(
    make_witness: Made, opened: Opened, outbox: Outbox
) -> None:
    stepped = iter([CHECK_IN_UTC_MS, CHECK_IN_UTC_MS + 600_000 + 3_600_000])
    events = sorted([*HONEST, *BEFELL], key=lambda event: event.at_ms)
    record = opened(make_witness(wall_clock=lambda _at_ms: next(stepped)).witness(all_sensors(620), events))
    assert [(event.kind, event.at_ms - CHECK_IN_UTC_MS, event.modality) for event in record.integrity.events] == [
        (IntegrityKind.CLOCK_STEP, 50_000, None),
        (IntegrityKind.DEVICE_MOVED, 60_000, None),
        (IntegrityKind.SENSOR_LOST, 65_000, Modality.FACE),
    ]
    lines = outbox.journal(record.jti)
    assert lines is not None
    assert b'{"type":"ReadingsDropped","at_ms":80000,"part":"microphone","count":12}' in lines
    assert b'"state":"restarting","fault":"broken","spoke_ms":65000}' in lines


def test_a_device_that_is_moved_all_day_cannot_fill_its_record(make_witness: Made, opened: Opened) -> None:
    moves = [DeviceMoved(at_ms) for at_ms in range(1_000, 500_000, 1_000)]
    record = opened(make_witness().witness(all_sensors(620), [HONEST[0], *moves, HONEST[-1]]))
    assert [event.kind for event in record.integrity.events] == [IntegrityKind.DEVICE_MOVED] * MOST_OF_A_KIND
