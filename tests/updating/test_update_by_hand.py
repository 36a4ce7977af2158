"""The installer's word for updates: after a switch agent and screen start anew, and only then; a visit is not cut."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from edge_agent.pulse import Alive
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.updating.shelf import Link, Shelf
from tests.appliance.brokers import CONFIG
from tests.updating.editions import KEY
from visit_record.keys import public_jwk

ROOT = CONFIG.parent
UNITS = "carewitness-agent.service carewitness-kiosk.service"
STARTED_ANEW = [f"reset-failed {UNITS}", f"--no-block restart {UNITS}"]


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A device with release 2 on it, and 1 before; ``systemctl`` writes down how it is called."""
    shelf = Shelf(tmp_path / "releases")
    for name in ("1-0.1.0", "2-0.2.0"):
        program(
            shelf.folder(name) / "venv/bin/edge-agent", f'PYTHONPATH={ROOT} exec {sys.executable} -m edge_agent "$@"'
        )
        (shelf.folder(name) / "release.jws").touch()
    for link, name in ((Link.CURRENT, "2-0.2.0"), (Link.PROVEN, "2-0.2.0"), (Link.PREVIOUS, "1-0.1.0")):
        shelf.point(link, name)
    program(tmp_path / "bin/systemctl", f'echo "$*" >> {tmp_path}/called')
    (tmp_path / "release.jwk.json").write_bytes(msgspec.json.encode(public_jwk(KEY.public_key())))
    agreed = (CONFIG / "appliance.env").read_text("utf-8")
    for place in ("/var/lib/carewitness", "/run/carewitness-update", "/run/carewitness", "/run", "/etc/carewitness"):
        agreed = agreed.replace(f"={place}/", f"={tmp_path}/").replace(f"={place}-", f"={tmp_path}/")
    (tmp_path / "appliance.env").write_text(agreed, "utf-8")
    return tmp_path


def program(place: Path, does: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{does}\n", "utf-8")
    place.chmod(0o755)


def update(device: Path, *words: str) -> subprocess.CompletedProcess[str]:
    told = {"CAREWITNESS_ENV": str(device / "appliance.env"), "PATH": f"{device}/bin:{os.environ['PATH']}"}
    command = [str(CONFIG / "bin" / "carewitness-update"), *words]
    return subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=False)


def called(device: Path) -> list[str]:
    return (device / "called").read_text("utf-8").splitlines() if (device / "called").exists() else []


def in_a_visit(device: Path) -> None:
    alive = Alive("any program", monotonic_ms() - 1_000, monotonic_ms(), visit=True)
    (device / "alive.json").write_bytes(msgspec.json.encode(alive))


def test_after_a_rollback_agent_and_screen_start_anew_whatever_restarts_were_used_up(device: Path) -> None:
    done = update(device, "rollback")
    assert done.returncode == 0, done.stderr
    assert Shelf(device / "releases").name(Link.CURRENT) == "1-0.1.0"
    assert called(device) == STARTED_ANEW
    assert update(device, "confirm").returncode == 0
    assert called(device) == STARTED_ANEW, "once"


def test_what_failed_says_so_and_starts_nothing_anew(device: Path) -> None:
    assert update(device, "apply", "--from", str(device)).returncode == 1
    assert called(device) == []


def test_no_visit_is_cut_unless_it_is_asked_for(device: Path) -> None:
    in_a_visit(device)
    refused = update(device, "rollback")
    assert refused.returncode == 1
    assert "a visit is under way" in refused.stderr
    assert (Shelf(device / "releases").name(Link.CURRENT), called(device)) == ("2-0.2.0", [])
    assert update(device, "rollback", "--now").returncode == 0
    assert (Shelf(device / "releases").name(Link.CURRENT), called(device)) == ("1-0.1.0", STARTED_ANEW)


def test_no_self_test_is_cut(device: Path) -> None:
    agreed = (device / "appliance.env").read_text("utf-8")
    (held,) = (line.partition("=")[2] for line in agreed.splitlines() if line.startswith("CAREWITNESS_SELFTEST="))
    Path(held).mkdir()
    walking, pipe = ["flock", held, "sh", "-c", "echo held; read -r _"], subprocess.PIPE
    with subprocess.Popen(walking, stdin=pipe, stdout=pipe, text=True) as walk:
        assert walk.stdout is not None
        walk.stdout.readline()
        refused = update(device, "rollback")
        walk.communicate("\n")
    assert "a self-test is under way" in refused.stderr
    assert update(device, "rollback").returncode == 0


def test_by_night_and_by_hand_one_place_says_that_there_was_a_switch() -> None:
    for unit in ("judge", "update"):
        text = (CONFIG / "systemd" / f"carewitness-{unit}.service").read_text("utf-8")
        assert '--after-switch "/usr/bin/touch ${CAREWITNESS_SWITCHED}"' in text
        assert "ExecStartPost=+/usr/local/lib/carewitness/carewitness-restart" in text
