"""A program's sign of life: ready once all is open, a beat for work that goes on, silence for a loop that hangs."""

import os
import threading
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from edge_agent.notify import STARTING, Supervisor
from edge_agent.pulse import Alive, Pulse, read_alive
from tests.edge_agent.supervisor import listening


class Clock:
    ms = 5_000

    def __call__(self) -> int:
        return self.ms


@pytest.mark.parametrize("kind", ["a path", "an abstract name"])
def test_ready_and_beats_reach_the_supervisor(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "notify") if kind == "a path" else f"@carewitness-{tmp_path.name}"
    clock = Clock()
    with listening(address) as supervisor, Pulse(Supervisor(address), None, "here", clock) as pulse:
        pulse.ready()
        assert supervisor.all() == ["READY=1"]
        clock.ms += 1_000
        pulse.beat()
        assert supervisor.all() == ["READY=1", "WATCHDOG=1"]


def test_a_program_that_ends_says_so(tmp_path: Path) -> None:
    address, file = str(tmp_path / "notify"), tmp_path / "alive.json"
    with listening(address) as supervisor:
        with Pulse(Supervisor(address), file, "here") as pulse:
            pulse.ready()
            assert file.exists()
        assert supervisor.all() == ["READY=1", "STOPPING=1"]
    assert not file.exists()


def test_nothing_is_told_alive_before_it_is_ready(tmp_path: Path) -> None:
    address, file, clock = str(tmp_path / "notify"), tmp_path / "alive.json", Clock()
    with listening(address) as supervisor, Pulse(Supervisor(address), file, "here", clock) as pulse:
        clock.ms += 60_000
        pulse.beat()
        with pulse.visit():
            pulse.beat()
        assert supervisor.all() == []
        assert read_alive(file) is None


def test_a_start_that_takes_long_asks_for_more_time_once_a_second(tmp_path: Path) -> None:
    address, clock = str(tmp_path / "notify"), Clock()
    with listening(address) as supervisor, Pulse(Supervisor(address), None, "here", clock) as pulse:
        for _ in range(2_999):
            clock.ms += 1
            pulse.starting()
        assert supervisor.all() == [STARTING] * 3


def test_a_loop_that_turns_fast_is_told_once_a_second(tmp_path: Path) -> None:
    address, clock = str(tmp_path / "notify"), Clock()
    with listening(address) as supervisor, Pulse(Supervisor(address), None, "here", clock) as pulse:
        pulse.ready()
        for _ in range(2_999):
            clock.ms += 1
            pulse.beat()
        assert supervisor.all().count("WATCHDOG=1") == 2


def test_a_loop_that_hangs_falls_silent(tmp_path: Path) -> None:
    file, clock = tmp_path / "alive.json", Clock()
    with Pulse(Supervisor(None), file, "here", clock) as pulse:
        pulse.ready()
        clock.ms += 2_000
        pulse.beat()
        clock.ms += 60_000
        alive = read_alive(file)
        assert alive is not None
        assert (alive.program, alive.ready_since_ms, alive.beat_ms) == ("here", 5_000, 7_000)


def test_the_sign_of_life_is_for_others_to_read_whatever_the_service_s_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with Pulse(Supervisor(None), tmp_path / "alive.json", "here") as pulse:
            pulse.ready()
            assert (tmp_path / "alive.json").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def test_a_visit_shows_while_it_lasts(tmp_path: Path) -> None:
    file = tmp_path / "alive.json"
    with Pulse(Supervisor(None), file, "here") as pulse:
        pulse.ready()
        seen = [read_alive(file)]
        with pulse.visit():
            seen.append(read_alive(file))
        seen.append(read_alive(file))
    assert [one and one.visit for one in seen] == [False, True, False]


def test_supervisor_and_file_that_are_gone_stop_no_work(tmp_path: Path) -> None:
    with Pulse(Supervisor(str(tmp_path / "nobody")), tmp_path / "no folder" / "alive.json", "here") as pulse:
        pulse.ready()
        pulse.beat()


def test_what_a_newer_program_says_besides_is_left_unread_by_the_older_one_that_judges_it(tmp_path: Path) -> None:
    said = {"program": "there", "ready_since_ms": 1, "beat_ms": 2, "visit": True, "mood": "well"}
    (tmp_path / "alive.json").write_bytes(msgspec.json.encode(said))
    assert read_alive(tmp_path / "alive.json") == Alive("there", 1, 2, visit=True)


@pytest.mark.parametrize("said", ["{}", "", '{"program": "there", "ready_since_ms": "long ago"}'])
def test_a_file_that_says_something_else_is_no_sign_of_life(tmp_path: Path, said: str) -> None:
    (tmp_path / "alive.json").write_text(said)
    assert read_alive(tmp_path / "alive.json") is None


def test_a_supervisor_that_does_not_hear_is_logged_once_until_it_hears_again(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    supervisor = Supervisor(address)
    with capture_logs() as logged:
        supervisor.tell("WATCHDOG=1")
        supervisor.tell("WATCHDOG=1")
        with listening(address):
            supervisor.tell("WATCHDOG=1")
        supervisor.tell("WATCHDOG=1")
    assert [line["event"] for line in logged] == ["supervisor_deaf"] * 2


def told_alive(address: str, times: int) -> None:
    for _ in range(times):
        Supervisor(address).tell("WATCHDOG=1")


def test_a_supervisor_that_hangs_keeps_nobody_waiting(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with listening(address) as supervisor:
        beats = threading.Thread(target=told_alive, args=(address, 2_000), daemon=True)
        beats.start()
        beats.join(timeout=20)
        assert not beats.is_alive()
        assert 0 < len(supervisor.all()) < 2_000
