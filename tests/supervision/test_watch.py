"""A part's state with its times: what is noticed, what is told, and when it is given up."""

import pytest

from edge_agent.errors import SensorError, SensorOffError
from edge_agent.sensor_settings import SupervisionSettings
from edge_agent.supervision.watch import Watch
from edge_agent.timeline import SensorTurned
from visit_record.fitted import Fault, Part, SensorState

UNPLUGGED = SensorError("unplugged", "已拔出")
BOUNDS = SupervisionSettings(silent_after_s=10, restarts=3, give_up_after_s=100)


@pytest.fixture
def told() -> list[SensorTurned]:
    return []


@pytest.fixture
def watch(told: list[SensorTurned]) -> Watch:
    return Watch(Part.MICROPHONE, BOUNDS, 0, told.append)


def states(told: list[SensorTurned]) -> list[tuple[int, SensorState, Fault | None]]:
    return [(turn.at_ms, turn.state, turn.fault) for turn in told]


def test_a_sensor_that_works_turns_once(watch: Watch, told: list[SensorTurned]) -> None:
    for at_ms in range(0, 60_000, 500):
        watch.read(at_ms)
        watch.look(at_ms)
    assert states(told) == [(0, SensorState.HEALTHY, None)]
    status = watch.status(7)
    assert (status.since_ms, status.spoke_ms, status.restarts, status.dropped) == (0, 59_500, 0, 7)
    assert status.words == ("麦克风：正常", "microphone: working")


def test_one_that_stalls_is_silent_with_the_time_it_last_spoke(watch: Watch, told: list[SensorTurned]) -> None:
    watch.read(1_000)
    for at_ms in (5_000, 11_000, 11_500, 12_000):
        watch.look(at_ms)
    assert told[-1] == SensorTurned(11_500, Part.MICROPHONE, SensorState.SILENT, Fault.STALLED, 1_000)
    watch.read(13_000)
    assert states(told)[2:] == [(13_000, SensorState.HEALTHY, None)]


def test_one_that_breaks_too_often_is_given_up(watch: Watch, told: list[SensorTurned]) -> None:
    for at_ms in range(1_000, 6_000, 1_000):
        watch.broke(UNPLUGGED, at_ms)
    assert states(told) == [(1_000, SensorState.RESTARTING, Fault.BROKEN), (4_000, SensorState.FAILED, Fault.BROKEN)]
    assert watch.failed
    watch.read(7_000)
    assert watch.status().state is SensorState.FAILED
    assert watch.status().detail == UNPLUGGED


def test_one_that_is_blocked_for_too_long_is_given_up(watch: Watch, told: list[SensorTurned]) -> None:
    for at_ms in range(0, 110_000, 1_000):
        watch.look(at_ms)
    assert states(told) == [
        (11_000, SensorState.SILENT, Fault.STALLED),
        (101_000, SensorState.FAILED, Fault.STALLED),
    ]


def test_what_people_do_to_it_never_gives_it_up(watch: Watch, told: list[SensorTurned]) -> None:
    for at_ms in range(0, 300_000, 1_000):
        watch.lied(Fault.ALL_ZERO, at_ms, True)
        watch.look(at_ms)
    assert states(told) == [(0, SensorState.SILENT, Fault.ALL_ZERO)]


def test_one_that_lies_of_itself_is_given_up(watch: Watch, told: list[SensorTurned]) -> None:
    for at_ms in range(0, 110_000, 1_000):
        watch.lied(Fault.NOT_A_NUMBER, at_ms, False)
        watch.look(at_ms)
    assert told[-1].state is SensorState.FAILED


def test_one_that_was_switched_off_is_not_tried_again(watch: Watch, told: list[SensorTurned]) -> None:
    watch.switched_off(SensorOffError("location is off", "定位已关闭"), 500)
    assert states(told) == [(500, SensorState.FAILED, Fault.SWITCHED_OFF)]


def test_one_that_is_muted_and_then_stalls_is_no_longer_merely_muted(watch: Watch, told: list[SensorTurned]) -> None:
    watch.lied(Fault.ALL_ZERO, 1_000, True)
    for at_ms in (5_000, 11_500, 12_000):
        watch.look(at_ms)
    assert states(told) == [(1_000, SensorState.SILENT, Fault.ALL_ZERO), (11_500, SensorState.SILENT, Fault.STALLED)]
    assert watch.status().since_ms == 1_000
