"""Somebody is asked to do something, and the sensor must notice; or they skip it, or it does not."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from edge_agent.readings import Reading, SoundBlock, ThermalFrame
from edge_agent.selftest.asked_checks import AskedCheck, Asking
from edge_agent.selftest.asks import ASKS, GUARD_ASKS
from edge_agent.selftest.checks import Device
from edge_agent.selftest.finding import Finding, Step, Verdict
from edge_agent.selftest.looks import CameraLook
from edge_agent.selftest.plan import planned
from edge_agent.selftest.sensor_check import SensorCheck
from edge_agent.selftest.terminal import TerminalAsking
from edge_agent.selftest.trial import Trial
from edge_agent.selftest.walk import Check, walk
from tests.selftest.conftest import Fit
from tests.selftest.parts import QUICK, StagedGuard, black, frozen, picture, position, sound, trial, warmth
from visit_record.bilingual import Words
from visit_record.fitted import Part
from visit_record.vocabulary import FixType

Make = Callable[[int], Reading | None]


@dataclass
class Somebody:
    """Skips after so many looks at the key; never by default."""

    skips_after: int = 1_000_000
    asked: list[Words] = field(default_factory=list)

    def ask(self, what: Words, seconds: float) -> None:
        assert seconds > 0
        self.asked.append(what)

    def skipped(self) -> bool:
        self.skips_after -= 1
        return self.skips_after < 0


def asked(tried: Trial, somebody: Asking, seconds: float = 5.0) -> Finding:
    return AskedCheck(Step.CAMERA, tried, replace(ASKS[tried.part], seconds=seconds), somebody).look()


def after(turns: int, first: Make, then: Make) -> Make:
    return lambda turn: first(turn) if turn < turns else then(turn)


def hand(turn: int) -> Reading:
    frame = warmth(21)(turn)
    assert isinstance(frame, ThermalFrame)
    frame.celsius[2:5, 2:5] = 31
    return frame


NOTICED: dict[str, tuple[Part, Make, Make]] = {
    "a hand over the lens": (Part.CAMERA, picture, black),
    "a clap": (Part.MICROPHONE, sound(0.002), sound(0.2)),
    "a hand before the array": (Part.THERMAL_ARRAY, warmth(21), hand),
    "a window": (Part.RECEIVER, position(FixType.NONE, 0), position(FixType.FIX_2D, 4)),
}


@pytest.mark.parametrize("case", NOTICED)
def test_what_is_done_is_noticed(case: str) -> None:
    part, before, done = NOTICED[case]
    somebody = Somebody()
    assert asked(trial(part, after(6, before, done)), somebody).verdict is Verdict.PASS
    assert somebody.asked == [ASKS[part].asks]


@pytest.mark.parametrize("case", NOTICED)
def test_nothing_that_is_done_is_not_taken_for_something(case: str) -> None:
    part, before, _done = NOTICED[case]
    found = asked(trial(part, before), Somebody(), seconds=1.0)
    # Indoors the best receiver has no fix.
    assert found.verdict is (Verdict.NOT_OBSERVABLE if part is Part.RECEIVER else Verdict.FAIL)
    assert found.remedy


def test_whoever_was_in_sight_at_first_may_leave_and_come_back() -> None:
    stays_away = after(12, after(6, hand, warmth(21)), hand)
    assert asked(trial(Part.THERMAL_ARRAY, stays_away), Somebody()).verdict is Verdict.PASS


def test_an_arrays_own_noise_is_no_hand() -> None:
    look, noise = ASKS[Part.THERMAL_ARRAY].notices(), np.random.default_rng(7)
    frames = (ThermalFrame(1000 * turn, noise.normal(21, 0.5, (24, 32)).astype(np.float32)) for turn in range(90))
    assert not any(look.take(frame) for frame in frames)


@pytest.mark.parametrize("name", GUARD_ASKS)
def test_a_device_that_is_moved_is_noticed(name: str) -> None:
    wanted = replace(GUARD_ASKS[name], seconds=1.0)
    moved, still = (Trial(Part.GUARD, QUICK, 5.0, guards=[StagedGuard(moves)]) for moves in ([4], []))
    assert AskedCheck(Step.TAMPER, moved, wanted, Somebody()).look().verdict is Verdict.PASS
    assert AskedCheck(Step.TAMPER, still, wanted, Somebody()).look().verdict is Verdict.FAIL


def test_a_contact_is_to_be_opened_and_an_accelerometer_tilted(fit: Fit, device: Path) -> None:
    fit('[tamper]\nline = 1\naccelerometer = "one"\n')
    with ExitStack() as held:
        looked_at = Device(device / "settings.toml", Path("none"), None, Somebody())
        checks = list(planned(looked_at, frozenset({Step.TAMPER}), held))
    assert [check.subject for check in checks] == ["contact", "opened", "accelerometer", "tilted"]
    asks = [check.wanted.asks.en for check in checks if isinstance(check, AskedCheck)]
    assert ["tilt" in one for one in asks] == [False, True]
    assert ["contact" in one for one in asks] == [True, False]


def test_the_key_skips_at_once_and_is_no_failure() -> None:
    found = asked(trial(Part.CAMERA, picture), Somebody(skips_after=3))
    assert (found.verdict, found.said.en) == (Verdict.NOT_OBSERVABLE, "skipped")


@pytest.mark.parametrize("make", [lambda _turn: None, frozen], ids=["broken", "frozen"])
def test_of_a_sensor_that_does_not_work_it_shows_nothing(make: Make) -> None:
    assert asked(trial(Part.CAMERA, make), Somebody()).verdict is Verdict.NOT_OBSERVABLE


def test_each_sensor_is_asked_about_after_it_was_looked_at_and_only_where_somebody_is(fit: Fit, device: Path) -> None:
    fit('[camera]\n[microphone]\n[thermal]\nchip = "amg8833"\n[position]\n[tamper]\nline = 1\n')

    def sequence(somebody: Somebody | None) -> list[tuple[str, str]]:
        with ExitStack() as held:
            looked_at = Device(device / "settings.toml", Path("none"), None, somebody)
            return [(check.step.value, check.subject) for check in planned(looked_at, frozenset(Step), held)]

    assert [one for one in sequence(Somebody()) if one not in sequence(None)] == [
        ("camera", "covered"),
        ("microphone", "heard"),
        ("thermal", "hand"),
        ("position", "fix"),
        ("tamper", "opened"),
    ]
    (at,) = (place for place, one in enumerate(sequence(Somebody())) if one == ("thermal", "hand"))
    assert sequence(Somebody())[at - 1] == ("thermal", "")


@pytest.mark.parametrize(("make", "asked_for"), [(picture, ["", "covered"]), (lambda _turn: None, [""])])
def test_nobody_is_asked_to_cover_a_camera_that_does_not_work(make: Make, asked_for: list[str]) -> None:
    tried, somebody = trial(Part.CAMERA, make, patience_s=3.0), Somebody(skips_after=2)
    checks: list[Check] = [
        SensorCheck(Step.CAMERA, tried, lambda: CameraLook(5.0), Words("线", "wires")),
        AskedCheck(Step.CAMERA, tried, ASKS[Part.CAMERA], somebody),
    ]
    assert [one.check.subject for one in walk(checks, lambda _check: nullcontext())] == asked_for
    assert len(somebody.asked) == len(asked_for) - 1


@pytest.fixture
def terminal() -> Iterator[tuple[TerminalAsking, int, io.StringIO]]:
    reading, writing = os.pipe()
    shown = io.StringIO()
    with os.fdopen(reading) as typed:
        yield TerminalAsking(typed, shown), writing, shown
    os.close(writing)


def test_what_was_typed_before_the_question_is_no_answer_to_it(
    terminal: tuple[TerminalAsking, int, io.StringIO],
) -> None:
    asking, keys, shown = terminal
    os.write(keys, b"\n")
    asking.ask(Words("遮住", "cover it"), 30)
    assert not asking.skipped()
    os.write(keys, b"\n")
    assert [asking.skipped(), asking.skipped()] == [True, True]
    assert shown.getvalue().splitlines()[0] == ">>> 遮住（30 秒内；按回车跳过）"
    asking.ask(Words("拍手", "clap"), 30)
    assert not asking.skipped()


def test_where_the_input_ends_nobody_is_there_and_nothing_fails() -> None:
    with Path(os.devnull).open(encoding="utf-8") as typed:
        found = asked(trial(Part.CAMERA, picture), TerminalAsking(typed, io.StringIO()), seconds=1.0)
    assert (found.verdict, found.said.en) == (Verdict.NOT_OBSERVABLE, "skipped")


def test_an_input_that_ends_while_somebody_is_asked_skips(terminal: tuple[TerminalAsking, int, io.StringIO]) -> None:
    asking, keys, _shown = terminal
    asking.ask(Words("遮住", "cover it"), 30)
    assert not asking.skipped()
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), keys)
    assert asking.skipped()


def test_half_a_second_of_sound_leaves_a_number() -> None:
    look = ASKS[Part.MICROPHONE].notices()
    block = sound(0.1)(0)
    assert isinstance(block, SoundBlock)
    look.take(block)
    assert all(isinstance(value, list) and len(value) == 1 for value in vars(look).values())
