"""A visit as files for a device that is elsewhere, and a server that looks at what such devices send."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.identity import create_identity
from edge_agent.replay import read_visit
from edge_agent.settings_file import read_settings
from tests.whole import free_port
from visit_record.vocabulary import Modality

pytestmark = pytest.mark.long


def visit_sim(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded") / "visit"
    done = visit_sim("recording", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(folder / "visit.toml")
    return folder


def test_a_recording_is_a_visit_that_every_sense_can_be_replayed_from(recorded: Path) -> None:
    visit = read_visit(recorded / "visit.toml")
    first = {sensor.modality: next(iter(sensor.readings())) for sensor in visit.sensors()}
    assert set(first) == {Modality.FACE, Modality.SOUND, Modality.THERMAL, Modality.POSITION}
    assert all(reading.at_ms == 0 for reading in first.values())
    assert [action.at_ms for action in visit.events()] == [0, 90_000, 150_000, 270_000]


def test_a_recording_brings_what_its_home_teaches_a_device(recorded: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('folder = "device"\nmodels = "registry.toml"\n' + (recorded / "home.toml").read_text("utf-8"))
    read = read_settings(settings)
    assert read.site is not None
    assert read.bed is not None
    assert read.checks.asks == ()


def enrolled(folder: Path) -> Path:
    request = folder / "request.json"
    identity = create_identity(folder / "device", "device-1", "agency-a").enrolment_request
    request.write_text(json.dumps({name: getattr(identity, name) for name in identity.__struct_fields__}))
    return request


def receive(folder: Path, broker: int, *command: object) -> subprocess.CompletedProcess[str]:
    ports = ("--broker-port", broker, "--web-port", free_port())
    return visit_sim("receive", folder / "server", "--device", enrolled(folder), *ports, "--", *command)


def test_a_broker_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = receive(tmp_path, port, "true")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert str(port) in done.stderr


def test_a_device_that_sends_nothing_is_not_taken_for_well(tmp_path: Path) -> None:
    assert receive(tmp_path, free_port(), "true").returncode == 2


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    done = receive(tmp_path, free_port(), "false")
    assert (done.returncode, done.stderr) == (1, "error: the command ended with 1\n")
