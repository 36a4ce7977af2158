"""Releases as real programs: built from their wheels, started by a supervisor, judged by the release before them."""

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from edge_agent.pulse import read_alive
from edge_agent.updating.publishing import Edition, publish
from edge_agent.updating.shelf import Link, Shelf
from tests.updating.editions import KEY, PYTHON, published
from visit_record.keys import public_jwk

ROOT = Path(__file__).parent.parent.parent
# Restarts what ends, as systemd does.
_SUPERVISOR = """
while :; do
    "$1/current/venv/bin/edge-agent" & echo $! > "$2"
    wait
    sleep 0.2
done
"""


pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Machine:
    """A device's folder of releases, and what `edge-agent update` is told of it."""

    folder: Path

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.folder / "releases")

    @property
    def environment(self) -> dict[str, str]:
        # The wheels of the tests hold a program of a few lines: the house it stands in is this one.
        places = [str(ROOT), *(place for place in sys.path if place.endswith("site-packages"))]
        return os.environ | {
            "PYTHONPATH": os.pathsep.join(places),
            "CAREWITNESS_RELEASES": str(self.shelf.root),
            "CAREWITNESS_RELEASE_KEY": str(self.folder / "release.jwk.json"),
            "CAREWITNESS_ALIVE": str(self.folder / "alive.json"),
        }

    def update(self, *args: object) -> str:
        """A command of the updates in a process of its own; how it ended is in its first word."""
        done = subprocess.run(self.command(*args), env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return str(msgspec.json.decode(done.stdout)["state"])

    def command(self, *args: object) -> list[str]:
        return [sys.executable, "-m", "edge_agent", "update", *(str(arg) for arg in args), "--json"]

    def apply(self, folder: Path) -> str:
        restart = f"sh -c 'test ! -e {self.pid_file} || kill $(cat {self.pid_file}) || true'"
        return self.update("apply", "--from", folder, "--after-switch", restart)

    def judge(self, deadline_s: float) -> str:
        restart = f"sh -c 'kill -KILL $(cat {self.pid_file}) || true'"
        return self.update("judge", "--healthy-s", "1.5", "--deadline-s", deadline_s, "--after-switch", restart)

    @property
    def pid_file(self) -> Path:
        return self.folder / "agent.pid"

    @contextmanager
    def supervised(self) -> Iterator[None]:
        command = ["bash", "-c", _SUPERVISOR, "supervisor", str(self.shelf.root), str(self.pid_file)]
        supervisor = subprocess.Popen(
            command, env=self.environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(supervisor.pid, signal.SIGKILL)
            supervisor.wait()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "device")
    made.folder.mkdir()
    (made.folder / "release.jwk.json").write_bytes(msgspec.json.encode(public_jwk(KEY.public_key())))
    assert made.apply(published(tmp_path / "one", 1).folder) == "switched"
    return made


def verdict_of(machine: Machine, deadline_s: float) -> str:
    """What the judge says in the end, asked again and again as its timer does."""
    return until(lambda: outcome if (outcome := machine.judge(deadline_s)) != "on_trial" else None)


def until(question: Callable[[], str | None], timeout_s: float = 60.0) -> str:
    give_up_at_s = time.monotonic() + timeout_s
    while (answer := question()) is None:
        assert time.monotonic() < give_up_at_s, "it did not come true in time"
        time.sleep(0.2)
    return answer


def running(machine: Machine) -> str | None:
    """Which release the living program is of."""
    alive = read_alive(machine.folder / "alive.json")
    return Path(alive.program).parent.name if alive else None


def test_a_healthy_release_takes_over_and_is_confirmed(machine: Machine, tmp_path: Path) -> None:
    with machine.supervised():
        until(lambda: "up" if running(machine) == "1-0.1.0" else None)
        assert machine.apply(published(tmp_path / "two", 2, "0.2.0").folder) == "switched"
        assert verdict_of(machine, 60) == "confirmed"
        assert running(machine) == "2-0.2.0"
    assert machine.shelf.name(Link.PROVEN) == "2-0.2.0"


@pytest.mark.parametrize("program", ["crashing", "hanging"])
def test_a_release_that_is_not_healthy_in_time_gives_way_to_the_one_before(
    machine: Machine, tmp_path: Path, program: str
) -> None:
    with machine.supervised():
        until(lambda: "up" if running(machine) == "1-0.1.0" else None)
        bad = published(tmp_path / "two", 2, "0.2.0", program=program)
        assert machine.apply(bad.folder) == "switched"
        assert verdict_of(machine, 4) == "rolled_back"
        until(lambda: "up" if running(machine) == "1-0.1.0" else None)
        assert machine.apply(bad.folder) == "failed_before"
    assert machine.shelf.name(Link.CURRENT) == "1-0.1.0"


def test_a_visit_under_way_is_waited_for(machine: Machine, tmp_path: Path) -> None:
    assert machine.apply(published(tmp_path / "two", 2, "0.2.0", program="in a visit").folder) == "switched"
    assert machine.update("confirm") == "confirmed"
    with machine.supervised():
        until(lambda: "up" if running(machine) == "2-0.2.0" else None)
        three = published(tmp_path / "three", 3, "0.3.0")
        assert machine.apply(three.folder) == "visit_under_way"
        assert machine.shelf.name(Link.CURRENT) == "2-0.2.0"
    (machine.folder / "alive.json").unlink()
    assert machine.apply(three.folder) == "switched"


def test_an_update_that_is_killed_at_any_moment_leaves_what_runs_and_is_done_by_the_next(
    machine: Machine, tmp_path: Path
) -> None:
    big = {f"models/{n}.onnx": bytes([n]) * 200_000 for n in range(40)}
    two = published(tmp_path / "two", 2, "0.2.0", extra=big)
    for delay_s in (0.4, 0.8, 1.6, 3.0):
        killed = subprocess.Popen(
            machine.command("apply", "--from", two.folder),
            env=machine.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay_s)
        killed.kill()
        killed.wait()
        current = machine.shelf.name(Link.CURRENT)
        assert current in {"1-0.1.0", "2-0.2.0"}
        assert (machine.shelf.folder(current) / "venv" / "bin" / "edge-agent").is_file()
        if current == "1-0.1.0":
            assert machine.shelf.name(Link.PROVEN) == current
    assert machine.apply(two.folder) in {"switched", "running"}
    assert (machine.shelf.root / "current" / "models" / "39.onnx").read_bytes() == big["models/39.onnx"]


def test_a_package_of_another_hash_than_the_lock_s_is_not_installed(machine: Machine, tmp_path: Path) -> None:
    folder = published(tmp_path / "two", 2, "0.2.0").folder
    lock = folder / "edge.lock"
    lock.write_text(lock.read_text("utf-8").partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n", "utf-8")
    # Sealed as it is: a publisher's slip, not a forgery.
    edition = Edition(2, "0.2.0", platform.machine(), PYTHON, 0)
    publish(folder, edition, KEY)
    command = machine.command("apply", "--from", folder)
    refused = subprocess.run(command, env=machine.environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "cannot be built" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert machine.shelf.name(Link.CURRENT) == "1-0.1.0"
