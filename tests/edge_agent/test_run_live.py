"""``edge-agent run --visit``: a visit lived now, with a camera, a microphone and a receiver that are really opened."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from edge_agent.identity import create_identity, open_identity
from edge_agent.outbox import Outbox
from edge_agent.typed_actions import actions
from tests.commands.call import Called, call
from tests.edge_agent.recovered import cut_visits
from tests.sensors.mjpeg import mjpeg_stream
from tests.sensors.pulse import pulse_room
from tests.sensors.receiver_logs import nmea_log
from tests.sensors.test_serial_receiver import speaking
from tests.whole import await_true
from visit_record.record import NotObserved, SoundEvidence, VisitRecord
from visit_record.sealing import open_record
from visit_record.vocabulary import Ending, IntegrityKind, Modality, NotObservedReason

WHO = """
caregiver = "caregiver-1"
recipient = "recipient-1"
consent_text = "2026-1"
granted = ["face", "sound", "position", "thermal"]
"""


@pytest.fixture
def device(tmp_path: Path, registry: Path) -> Path:
    create_identity(tmp_path / "device", "device-1", "agency-a")
    settings = f'folder = "device"\nmodels = "{registry}"\n[checks]\ncheck_in_s = 1\ncheck_out_s = 1\n'
    (tmp_path / "settings.toml").write_text(settings, "utf-8")
    (tmp_path / "who.toml").write_text(WHO, "utf-8")
    return tmp_path


def fit(device: Path, sections: str) -> None:
    with (device / "settings.toml").open("a") as settings:
        settings.write(sections)


@pytest.fixture
def run(device: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Called]:
    def ran(typed: Iterator[str]) -> Called:
        monkeypatch.setattr("sys.stdin", typed)
        return call(capsys, "run", "--settings", device / "settings.toml", "--visit", device / "who.toml")

    return ran


def sealed_in(device: Path) -> VisitRecord:
    identity = open_identity(device / "device")
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        (waiting,) = outbox.pending(9)
    return open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record


def typing(*lines: str, after_s: float) -> Iterator[str]:
    for line in lines:
        time.sleep(after_s)
        yield line


def asked_to_end() -> Iterator[str]:
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    yield "start feeding\n"


@pytest.mark.long
@pytest.mark.pulse
def test_a_visit_is_lived_with_what_is_fitted_and_sealed(
    device: Path, run: Callable[..., Called], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hiss = np.random.default_rng(1).normal(0, 0.05, 48_000 * 40).astype(np.float32)
    pulse = tmp_path / "pulse"
    pulse.mkdir()
    with pulse_room(pulse) as room, mjpeg_stream(4_000) as address, speaking(nmea_log(9)) as line:
        monkeypatch.setenv("PULSE_SERVER", room.server)
        fit(device, f'[camera]\nsource = "{address}"\n[microphone]\ndevice = "pulse"\n')
        fit(device, f'[position]\nserial = "{line}"\n[thermal]\nchip = "mlx90640"\nbus = 99\n')
        with room.playing(hiss, 48_000):
            called = run(typing("start feeding\n", "fly away\n", "finish feeding\n", "out\n", after_s=2.5))
    assert called.status == 0, called.err
    assert "not understood: fly away" in called.err
    assert "麦克风：正常 microphone: working" in called.err
    assert "sealed: 1" in called.out
    record = sealed_in(device)
    assert record.span.ending is Ending.CHECKED_OUT
    assert [claim.item for claim in record.services.claimed] == ["feeding"]
    assert isinstance(record.sound, SoundEvidence)
    assert record.sound.coverage > 0.2
    covers = {cover.modality: cover for cover in record.integrity.coverage}
    assert covers[Modality.FACE].observed_share > 0
    assert covers[Modality.POSITION].observed_share > 0.5
    assert (covers[Modality.THERMAL].observed_share, covers[Modality.THERMAL].reason) == (
        0.0,
        NotObservedReason.SENSOR_FAULT,
    )
    assert covers[Modality.VOICE].reason is NotObservedReason.CONSENT_WITHHELD
    assert {event.kind for event in record.integrity.events} <= {IntegrityKind.SENSOR_LOST}


def test_a_program_that_is_told_to_end_seals_what_it_saw(device: Path, run: Callable[..., Called]) -> None:
    with speaking(nmea_log(9)) as line:
        fit(device, f'[position]\nserial = "{line}"\n')
        called = run(asked_to_end())
    assert called.status == 0, called.err
    record = sealed_in(device)
    assert record.span.ending is Ending.INTERRUPTED
    assert isinstance(record.sound, NotObserved)
    assert record.sound.reason is NotObservedReason.SENSOR_ABSENT


def test_a_device_on_which_nothing_is_fitted_begins_no_visit(device: Path, run: Callable[..., Called]) -> None:
    called = run(typing("out", after_s=0))
    assert called.status == 1
    assert "nothing is fitted: add [camera]" in called.err
    assert not (device / "device" / "outbox.db").exists()


SLIPS = {
    "a sense that is none": WHO.replace('"thermal"', '"smell"'),
    "nobody": WHO.replace('caregiver = "caregiver-1"', ""),
    "an item that is in no catalogue": WHO
    + '[order]\norder = "o"\nplanned_start = 2026-01-05T09:00:00Z\nplanned_duration_s = 60\nitems = ["flying"]\n',
    "a time without offset": WHO
    + '[order]\norder = "o"\nplanned_start = 2026-01-05T09:00:00\nplanned_duration_s = 60\nitems = []\n',
}


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_in_who_comes_is_one_clear_line(device: Path, run: Callable[..., Called], case: str) -> None:
    fit(device, "[position]\n")
    (device / "who.toml").write_text(SLIPS[case], "utf-8")
    called = run(typing("out", after_s=0))
    assert called.status == 1
    assert called.err.count("\n") == 1
    assert not (device / "device" / "outbox.db").exists()


def test_what_is_typed_is_an_action_at_its_moment_or_is_refused() -> None:
    refused, times = list[str](), iter(range(100))
    lines = ["start feeding\n", "\n", "start flying\n", "refuse feeding no_supplies\n", "refuse feeding", "out\n"]
    done = list(actions(lines, lambda: next(times), refused.append))
    assert [(type(one).__name__, one.at_ms) for one in done] == [
        ("ItemStarted", 0),
        ("ItemRefused", 3),
        ("ItemRefused", 4),
        ("CheckOut", 5),
    ]
    assert refused == ["start flying"]


def test_a_live_program_that_is_killed_leaves_a_visit_that_the_next_one_seals(
    device: Path, run: Callable[..., Called]
) -> None:
    with speaking(nmea_log(9)) as line:
        fit(device, f'[position]\nserial = "{line}"\n[visit]\nkept_every_s = 0.1\n')
        arguments = ["--settings", str(device / "settings.toml"), "--visit", str(device / "who.toml")]
        program = subprocess.Popen([sys.executable, "-m", "edge_agent", "run", *arguments], stdin=subprocess.PIPE)
        await_true(lambda: kept_of(device) > 3, timeout_s=60)
        program.kill()
        program.communicate()
        called = run(typing("out\n", after_s=1))
    assert called.status == 0, called.err
    assert "sealed a visit that was cut short: 1" in called.out
    identity = open_identity(device / "device")
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        cut, whole = (
            open_record(one.sealed, lambda _kid: identity.key.public_key()).record for one in outbox.pending(9)
        )
    assert (cut.span.ending, whole.span.ending) == (Ending.INTERRUPTED, Ending.CHECKED_OUT)
    covers = {cover.modality: cover.observed_share for cover in cut.integrity.coverage}
    assert covers[Modality.POSITION] > 0


def kept_of(device: Path) -> int:
    """How many positions of the visit under way are stored."""
    if not (device / "device" / "outbox.db").exists():
        return 0
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        return sum(one.lines.count(b'"PositionObservation"') for one in cut_visits(outbox))
