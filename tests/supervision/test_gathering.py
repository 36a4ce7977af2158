"""A fitted device's parts, each in a thread of its own: what one does, the others and the visit do not suffer from."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from edge_agent.errors import SensorOffError
from edge_agent.readings import PositionReading, SoundBlock, ThermalFrame
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.timeline import DeviceMoved, Happening, SensorLost, SensorTurned, TimePassed
from tests.edge_agent.stage import CHECK_IN_UTC_MS
from tests.supervision.parts import QUICK, Guard, Live, array, clock, dead_sound, fails, receiver
from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import Modality, NotObservedReason


@dataclass
class Gathered:
    gathering: LiveGathering
    happened: list[Happening] = field(default_factory=list)

    def turns(self, part: Part) -> list[tuple[SensorState, Fault | None]]:
        return [(one.state, one.fault) for one in self.happened if isinstance(one, SensorTurned) and one.part is part]

    def count(self, kind: type[object]) -> int:
        return sum(isinstance(one, kind) for one in self.happened)


def waits(released: threading.Event) -> None:
    released.wait(20)


def gathered(
    *sensors: Live, until: Callable[[Gathered], bool], guards: Sequence[Guard] = (), limit_s: float = 15
) -> Gathered:
    found = Gathered(LiveGathering(QUICK, clock, lambda: clock() + CHECK_IN_UTC_MS, guards))
    give_up_s = time.monotonic() + limit_s
    happenings = found.gathering.gather([], sensors, clock())
    for happening in happenings:
        found.happened.append(happening)
        if until(found):
            break
        assert time.monotonic() < give_up_s, found.happened[-10:]
    happenings.close()
    return found


def test_each_part_gives_at_its_own_pace_and_all_end_with_the_visit() -> None:
    before = threading.active_count()
    found = gathered(receiver(), array(), until=lambda f: f.count(PositionReading) > 5 and f.count(ThermalFrame) > 5)
    assert found.turns(Part.RECEIVER) == found.turns(Part.THERMAL_ARRAY) == [(SensorState.HEALTHY, None)]
    assert [status.state for status in found.gathering.statuses()] == [SensorState.HEALTHY] * 2
    assert threading.active_count() == before


def test_a_driver_that_blocks_holds_up_itself_alone() -> None:
    released = threading.Event()
    silent = (SensorState.SILENT, Fault.STALLED)
    try:
        found = gathered(
            receiver(),
            array(count=2, after=lambda: waits(released)),
            until=lambda f: silent in f.turns(Part.THERMAL_ARRAY) and f.count(PositionReading) > 30,
        )
    finally:
        released.set()
    assert found.turns(Part.THERMAL_ARRAY) == [(SensorState.HEALTHY, None), silent]
    assert found.turns(Part.RECEIVER) == [(SensorState.HEALTHY, None)]


def test_one_that_breaks_is_opened_anew_and_comes_back() -> None:
    sensor = array(count=3, after=fails())
    found = gathered(sensor, until=lambda f: f.count(ThermalFrame) > 5)
    assert found.turns(Part.THERMAL_ARRAY)[:3] == [
        (SensorState.HEALTHY, None),
        (SensorState.RESTARTING, Fault.BROKEN),
        (SensorState.HEALTHY, None),
    ]
    assert found.gathering.statuses()[0].restarts >= 1


def ends() -> None:
    return


def has_a_defect() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("after", [fails(), ends, has_a_defect])
def test_one_that_never_works_is_given_up_after_bounded_tries_and_lost(after: Callable[[], None]) -> None:
    sensor = array(count=0, after=after)
    found = gathered(sensor, until=lambda f: f.count(SensorLost) > 0)
    assert sensor.opened == QUICK.restarts + 1
    assert found.turns(Part.THERMAL_ARRAY)[-1] == (SensorState.FAILED, Fault.BROKEN)
    lost = next(one for one in found.happened if isinstance(one, SensorLost))
    assert (lost.modality, lost.reason) == (Modality.THERMAL, NotObservedReason.SENSOR_FAULT)
    assert lost.detail


def test_a_location_that_was_switched_off_is_no_fault_and_not_tried_again() -> None:
    def off() -> None:
        raise SensorOffError("location is off", "位置已关闭")

    sensor = receiver(count=0, after=off)
    found = gathered(sensor, until=lambda f: f.count(SensorLost) > 0)
    lost = next(one for one in found.happened if isinstance(one, SensorLost))
    assert (sensor.opened, lost.reason) == (1, NotObservedReason.LOCATION_OFF)


def test_what_cannot_be_true_is_withheld_and_its_sensor_opened_anew() -> None:
    sensor = Live(Modality.SOUND, dead_sound)
    found = gathered(sensor, until=lambda _: sensor.opened > 1)
    assert found.count(SoundBlock) == 0
    assert found.turns(Part.MICROPHONE)[0] == (SensorState.SILENT, Fault.NOT_A_NUMBER)


def test_a_device_that_is_moved_says_so() -> None:
    found = gathered(receiver(), guards=[Guard()], until=lambda f: f.count(DeviceMoved) > 0)
    assert found.turns(Part.GUARD) == [(SensorState.HEALTHY, None)]


def test_time_passes_though_nothing_works() -> None:
    assert gathered(until=lambda f: f.count(TimePassed) > 1).count(TimePassed) == 2


def test_a_clock_that_is_set_is_noticed_when_it_is() -> None:
    wall = iter([0, 0, *[60_000] * 1000])
    gathering = LiveGathering(QUICK, lambda: 0, lambda: next(wall))
    happenings = gathering.gather([], [], 0)
    first = [next(happenings) for _ in range(3)]
    happenings.close()
    assert [type(one).__name__ for one in first] == ["TimePassed", "TimePassed", "ClockStepped"]


def test_consent_that_is_taken_back_closes_its_sensor_at_once_and_is_no_trouble() -> None:
    closed_at: list[int] = []

    def close_after_three(found: Gathered) -> bool:
        if found.count(ThermalFrame) == 3 and not closed_at:
            found.gathering.close(Modality.THERMAL)
            closed_at.append(len(found.happened))
        return found.count(PositionReading) > 60

    found = gathered(array(), receiver(), until=close_after_three)
    assert found.count(ThermalFrame) == 3
    assert found.turns(Part.THERMAL_ARRAY) == [(SensorState.HEALTHY, None)]
    assert [status.part for status in found.gathering.statuses()] == [Part.RECEIVER]
