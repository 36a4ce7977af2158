"""What of a device is out of order: facts from its latest records, measured by its own rhythm."""

from collections.abc import Mapping

import pytest

from ingest_server.fleet.fleet import fleet_of
from ingest_server.fleet.trouble import Fault, Trouble
from ingest_server.fleet.troubles import Device, Heard, Links, troubled
from ingest_server.local_days import DAY_MS
from visit_record.chain import LinkState
from visit_record.vocabulary import ClockSource, Modality, NotObservedReason

NOW_MS = 1_790_000_000_000
BROKEN = {Modality.THERMAL: NotObservedReason.SENSOR_FAULT}
ABSENT = {Modality.THERMAL: NotObservedReason.SENSOR_ABSENT}


def heard(
    days_ago: float,
    without: Mapping[Modality, NotObservedReason] | None = None,
    clock: ClockSource | None = ClockSource.NTP,
) -> Heard:
    at_ms = NOW_MS - round(days_ago * DAY_MS)
    return Heard(at_ms, at_ms - 3_600_000, clock, {} if without is None else without)


def device(
    *recent: Heard, links: tuple[Links, ...] = (), enrolled_days_ago: float = 100, noted_days_ago: float | None = None
) -> Device:
    heard_ms = [one.received_at_ms for one in recent]
    if noted_days_ago is not None:
        heard_ms.append(NOW_MS - round(noted_days_ago * DAY_MS))
    enrolled_at_ms = NOW_MS - round(enrolled_days_ago * DAY_MS)
    return Device("device-1", "agency-a", enrolled_at_ms, max(heard_ms, default=None), recent, links)


def troubles(found: Device) -> tuple[Trouble, ...]:
    one = troubled(found, NOW_MS)
    return () if one is None else one.troubles


def faults(found: Device) -> list[Fault]:
    return [trouble.fault for trouble in troubles(found)]


def every(days: float, last: float) -> tuple[Heard, ...]:
    return tuple(heard(last + days * place) for place in range(6))


def test_device_in_order_is_not_listed() -> None:
    assert troubled(device(*every(1, 0.5)), NOW_MS) is None


def test_silence_is_measured_by_the_devices_own_rhythm() -> None:
    assert faults(device(*every(1, 4))) == [Fault.SILENT]
    assert faults(device(*every(4, 4))) == []
    assert faults(device(*every(4, 9))) == [Fault.SILENT]


def test_quiet_weekend_of_a_busy_device_is_no_silence() -> None:
    assert faults(device(*every(0.1, 2.5))) == []


def test_silence_begins_when_it_became_longer_than_usual() -> None:
    [found] = troubles(device(*every(2, 10)))
    assert (found.usual_ms, found.since_ms) == (2 * DAY_MS, NOW_MS - 10 * DAY_MS + 4 * DAY_MS)


def test_few_records_are_no_rhythm() -> None:
    assert faults(device(heard(50), heard(51), heard(52))) == []


def test_check_in_ahead_of_our_clock_is_no_part_of_the_rhythm() -> None:
    ahead = Heard(NOW_MS - 4 * DAY_MS, NOW_MS + 9_000 * DAY_MS, ClockSource.NTP, {})
    assert faults(device(ahead, *every(1, 5))) == [Fault.SILENT]


def test_device_that_never_sent_anything_is_told_after_a_week() -> None:
    assert faults(device(enrolled_days_ago=8)) == [Fault.NEVER_HEARD]
    assert faults(device(enrolled_days_ago=6)) == []


def test_note_is_heard_and_is_no_part_of_the_rhythm() -> None:
    assert faults(device(enrolled_days_ago=8, noted_days_ago=1)) == []
    assert faults(device(*every(1, 4), noted_days_ago=1)) == []
    assert faults(device(*every(1, 8), noted_days_ago=4)) == [Fault.SILENT]


def test_open_breaks_of_the_chain_are_told_with_how_many() -> None:
    links = (Links(LinkState.GAP, 2, NOW_MS - DAY_MS), Links(LinkState.FORK, 1, NOW_MS))
    found = troubles(device(*every(1, 0.5), links=links))
    assert [(one.fault, one.count) for one in found] == [(Fault.CHAIN_GAP, 2), (Fault.CHAIN_FORK, 1)]


def test_sense_that_is_broken_in_three_visits_running_is_told_since_the_first_of_them() -> None:
    recent = (heard(1, BROKEN), heard(2, BROKEN), heard(3, BROKEN), heard(4))
    [found] = troubles(device(*recent))
    assert (found.fault, found.sense, found.reason) == (
        Fault.SENSE_MISSING,
        Modality.THERMAL,
        NotObservedReason.SENSOR_FAULT,
    )
    assert found.since_ms == NOW_MS - 3 * DAY_MS


@pytest.mark.parametrize(
    "recent",
    [
        (heard(1), heard(2, BROKEN), heard(3, BROKEN), heard(4, BROKEN)),
        (heard(1, BROKEN), heard(2, BROKEN), heard(3)),
        (heard(1, ABSENT), heard(2, ABSENT), heard(3, ABSENT), heard(4, ABSENT)),
    ],
    ids=["mended", "only two", "never had one"],
)
def test_sense_is_not_told(recent: tuple[Heard, ...]) -> None:
    assert faults(device(*recent)) == []


def test_sense_that_was_there_and_is_absent_is_told() -> None:
    assert faults(device(heard(1, ABSENT), heard(2, ABSENT), heard(3, ABSENT), heard(4))) == [Fault.SENSE_MISSING]


def test_records_from_before_it_was_noted_say_nothing_of_senses_and_clock() -> None:
    old = tuple(Heard(NOW_MS - day * DAY_MS, NOW_MS - day * DAY_MS, None, None) for day in range(1, 5))
    assert faults(device(*old)) == []


def test_clock_is_told_by_the_latest_record() -> None:
    wrong = ClockSource.UNSYNCHRONISED
    [found] = troubles(device(heard(1, clock=wrong), heard(2, clock=wrong), heard(3)))
    assert (found.fault, found.since_ms) == (Fault.CLOCK_UNSYNCHRONISED, NOW_MS - 2 * DAY_MS)
    assert faults(device(heard(1), heard(2, clock=wrong))) == []


def test_fleet_counts_its_devices_and_tells_the_newest_trouble_first() -> None:
    old, new = device(*every(1, 9)), device(heard(0.1, clock=ClockSource.UNSYNCHRONISED))
    fleet = fleet_of(
        [old, Device("device-2", "agency-b", 0, new.heard_at_ms, new.recent), device(*every(1, 0.5))], NOW_MS
    )
    assert fleet.active == {"agency-a": 2, "agency-b": 1}
    assert [one.device for one in fleet.newest_first] == ["device-2", "device-1"]
    assert fleet.newly(NOW_MS - DAY_MS) == 1
    assert [one.device for one in fleet.among(lambda agency: agency == "agency-a").troubled] == ["device-1"]
