"""The installer's word for the self-test: who it runs as, what it stops, and that a visit is never cut by it."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from edge_agent.pulse import Alive
from edge_agent.whole_files import is_held
from tests.appliance.brokers import CONFIG
from tests.whole import await_true

ENVIRONMENT = """
CAREWITNESS_RELEASES=/var/lib/carewitness/releases
CAREWITNESS_ALIVE=/run/carewitness/alive.json
CAREWITNESS_SELFTEST=/run/carewitness-selftest
"""
BRIDGE = "mosquitto selftest --only bridge --bridge /var/lib/carewitness/mosquitto.conf"
OTHERS = "carewitness selftest --settings /var/lib/carewitness/settings.toml --skip bridge"
STOP = "systemctl stop carewitness-agent"
START = ["systemctl reset-failed carewitness-agent", "systemctl start carewitness-agent"]
# What systemctl says of the agent, and whether it calls that active.
SYSTEMCTL = """
case $1 in
    is-failed) [ "${{AGENT:-active}}" = failed ] ;;
    show) echo "${{AGENT:-active}}" ;;
    *) echo "systemctl $*" >> {called} ;;
esac
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A device's files, and programs in the place of the system's that write down how they are called."""
    for folder in ("etc/carewitness", "run/carewitness", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/carewitness/appliance.env").write_text(ENVIRONMENT, "utf-8")
    program(tmp_path / "bin/systemctl", SYSTEMCTL.format(called=tmp_path / "called"))
    # runuser -u USER -- PROGRAM WORDS…
    runuser = f'echo "$2 ${{*:5}}" | sed "s|{tmp_path}||g" >> {tmp_path}/called; exit "${{FAILS_AS_$2:-0}}"'
    program(tmp_path / "bin/runuser", runuser.replace("${FAILS_AS_$2:-0}", "$(printenv FAILS_AS_$2 || echo 0)"))
    return tmp_path


def program(path: Path, does: str) -> None:
    path.write_text(f"#!/bin/bash\n{does}\n", "utf-8")
    path.chmod(0o755)


def run(root: Path, *words: str, **told: str) -> tuple[int, list[str]]:
    script = str(CONFIG / "bin" / "carewitness-selftest")
    environment = {**os.environ, **told, "PATH": f"{root}/bin:{os.environ['PATH']}"}
    done = subprocess.run(["bash", script, "--root", str(root), *words], env=environment, check=False)
    called = root / "called"
    return done.returncode, called.read_text("utf-8").splitlines() if called.exists() else []


CHOICES = {
    (): [STOP, OTHERS, BRIDGE, *START],
    ("--json", "--no-ask"): [STOP, f"{OTHERS} --json --no-ask", f"{BRIDGE} --json", *START],
    ("--only", "camera"): [STOP, f"{OTHERS} --only camera", *START],
    ("--only", "bridge"): [BRIDGE],
    ("--only", "camera", "--only", "bridge"): [STOP, f"{OTHERS} --only camera --only bridge", BRIDGE, *START],
    ("--skip", "bridge"): [STOP, f"{OTHERS} --skip bridge", *START],
}


@pytest.mark.parametrize("words", CHOICES, ids=" ".join)
def test_each_part_runs_as_the_user_whose_rights_count_with_the_agent_stopped(
    root: Path, words: tuple[str, ...]
) -> None:
    assert run(root, *words) == (0, CHOICES[words])


def test_the_agent_starts_again_whatever_was_found_and_a_failure_of_either_part_counts(root: Path) -> None:
    assert run(root, FAILS_AS_carewitness="1") == (1, [STOP, OTHERS, BRIDGE, *START])
    assert run(root, FAILS_AS_mosquitto="1")[0] == 1


def test_wrong_use_is_said_once(root: Path) -> None:
    assert run(root, "--loud", FAILS_AS_carewitness="2") == (2, [STOP, f"{OTHERS} --loud", *START])


def test_a_visit_is_never_cut(root: Path) -> None:
    alive = root / "run/carewitness/alive.json"
    alive.write_bytes(msgspec.json.encode(Alive("p", 1, 2, visit=True)))
    assert run(root) == (1, [])
    assert run(root, "--only", "bridge") == (0, [BRIDGE]), "that disturbs nobody"
    alive.write_bytes(msgspec.json.encode(Alive("p", 1, 2, visit=False)))
    assert run(root)[0] == 0


def test_a_visit_that_begins_while_the_lock_is_waited_for_is_not_cut(root: Path) -> None:
    alive = root / "run/carewitness/alive.json"
    program(root / "bin/flock", f"""echo '{{"visit":true}}' > {alive}; exec /usr/bin/flock "$@" """)
    assert run(root) == (1, [])


def test_a_new_release_on_trial_is_not_silenced_so_that_the_judge_takes_it_back(root: Path) -> None:
    trial = root / "var/lib/carewitness/releases/trial.json"
    trial.parent.mkdir(parents=True)
    trial.write_text("{}", "utf-8")
    assert run(root) == (1, [])
    assert run(root, "--only", "bridge") == (0, [BRIDGE]), "the agent goes on meanwhile"
    trial.unlink()
    assert run(root)[0] == 0


def test_an_update_that_is_ready_sees_that_a_self_test_is_under_way_until_it_is_over(root: Path) -> None:
    held = root / "run/carewitness-selftest"
    program(root / "bin/runuser", f"until [ -e {root}/looked ]; do sleep 0.1; done")
    command = ["bash", str(CONFIG / "bin" / "carewitness-selftest"), "--root", str(root), "--only", "camera"]
    with subprocess.Popen(command, env={**os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}"}) as walking:
        await_true(lambda: is_held(held))
        (root / "looked").touch()
    assert walking.returncode == 0
    assert not is_held(held)


@pytest.mark.parametrize("state", ["activating", "reloading", "deactivating"])
def test_an_agent_between_two_starts_is_stopped_and_started_too(root: Path, state: str) -> None:
    assert run(root, AGENT=state) == (0, [STOP, OTHERS, BRIDGE, *START])


def test_an_agent_that_was_stopped_is_not_started(root: Path) -> None:
    assert run(root, AGENT="inactive") == (0, [OTHERS, BRIDGE])


def test_an_agent_that_failed_is_left_to_who_starts_it_again(root: Path) -> None:
    assert run(root, AGENT="failed") == (0, [OTHERS, BRIDGE])


def once_more(root: Path, **told: str) -> list[str]:
    script = str(CONFIG / "bin" / "carewitness-again")
    environment = {**os.environ, **told, "PATH": f"{root}/bin:{os.environ['PATH']}"}
    subprocess.run([script, "--root", str(root)], env=environment, check=True)
    called = root / "called"
    return called.read_text("utf-8").splitlines() if called.exists() else []


def test_an_agent_and_a_screen_that_failed_are_started_again_whatever_their_limit_says(root: Path) -> None:
    units = ("carewitness-agent.service", "carewitness-kiosk.service")
    again = [f"systemctl {what} {unit}" for unit in units for what in ("reset-failed", "--no-block start")]
    assert once_more(root, AGENT="failed") == again


@pytest.mark.parametrize("state", ["active", "inactive", "activating"])
def test_one_that_was_stopped_or_is_at_work_is_not_started_again(root: Path, state: str) -> None:
    assert once_more(root, AGENT=state) == []


@pytest.mark.parametrize("state", ["failed", "active", "activating", "inactive"])
def test_nothing_is_started_again_while_its_parts_are_looked_at(root: Path, state: str) -> None:
    """The walk itself looks whether there is an agent to start, at a moment when all count as failed."""
    again = f"AGENT=failed {CONFIG / 'bin' / 'carewitness-again'} --root {root} 9<&-"
    program(root / "bin/runuser", f"touch {root}/walked; {again}")
    _, called = run(root, "--only", "camera", AGENT=state)
    assert (root / "walked").exists()
    assert not [line for line in called if "--no-block" in line]
