"""The appliance through an hour's visit: ``python -m bench.appliance [SPEED]``, SPEED times as fast as life.

The device's own program as systemd starts it, with its screen, in a recorded room: how long from its start until it is
ready and until its screen answers, and what it holds in memory from minute to minute of the visit.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import httpx
from rich.console import Console
from rich.table import Table

from bench.process import REGISTRY, ROOT, own_mib, resident_mib
from edge_agent.identity import create_identity, open_identity
from edge_agent.outbox import Outbox
from sim.recording import write_recording
from sim.staging.plan import plan_visit
from sim.staging.visits import stage
from sim.staging.world import build_world
from visit_record.record import SoundEvidence, VisitRecord
from visit_record.sealing import open_record
from visit_record.vocabulary import Typology

MOST_MIB, MOST_READY_S = 350.0, 5.0
SEED, STARTED_AT_MS, MINUTES = 3, 1_790_000_000_000, 60
# What carewitness-agent.service tells its program.
AS_THE_UNIT: Final = {
    "OMP_NUM_THREADS": "1",
    "MALLOC_TRIM_THRESHOLD_": "4194304",
    "MALLOC_MMAP_THRESHOLD_": "2097152",
}
DEVICE, PATIENCE_S = "device-1", 60.0
SCREEN: Final = re.compile(r"http://\S+")
ASKED: Final = re.compile(r'type="hidden" name="(caregiver|recipient)" value="([^"]+)"')


@dataclass(frozen=True)
class Appliance:
    """A running device: its process, seconds from its start until it was ready and its screen answered, its screen."""

    process: "subprocess.Popen[str]"
    ready_s: float
    answered_s: float
    screen: httpx.Client

    def held(self) -> "Held":
        """What it holds in memory now."""
        return Held(resident_mib(self.process.pid), own_mib(self.process.pid))


class Held(NamedTuple):
    """Memory, MiB: all that is resident, and what of it is the program's own and no file's."""

    all_mib: float
    own_mib: float

    def __str__(self) -> str:
        """As the table has it."""
        return f"{self.all_mib:.0f} MiB, its own {self.own_mib:.0f}"


class Hour(NamedTuple):
    """What it held when it was ready and after each minute of the visit, and the record that it sealed."""

    at_ready: Held
    by_minute: Sequence[Held]
    record: VisitRecord

    @property
    def growth(self) -> Held:
        """From the second ten minutes, when every model has run, to the last ten; medians."""
        early, late = _median(self.by_minute[10:20]), _median(self.by_minute[-10:])
        return Held(late.all_mib - early.all_mib, late.own_mib - early.own_mib)


def _median(held: Sequence[Held]) -> Held:
    return Held(median(one.all_mib for one in held), median(one.own_mib for one in held))


def main(speed: float) -> None:
    """Live the hour and print what it took."""
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with console.status("recording an hour's visit"):
            _write_device(folder)
        with console.status("starting the appliance"), _started(folder, speed) as appliance:
            console.print(f"a visit of {MINUTES} minutes, {speed:g} times as fast as life")
            hour = _lived(folder, appliance, speed, console)
    console.print(_table(appliance, hour))


def _write_device(folder: Path) -> None:
    home = build_world(SEED).homes[0]
    plan = plan_visit(SEED, home, home.caregivers[0], STARTED_AT_MS, MINUTES * 60.0)
    write_recording(stage(plan, Typology.GENUINE), folder / "recording")
    create_identity(folder / "device", DEVICE, "agency-a")
    settings = f'folder = "device"\nmodels = "{REGISTRY}"\n[kiosk]\nport = 0\n'
    of_home = (folder / "recording" / "home.toml").read_text("utf-8")
    (folder / "settings.toml").write_text(settings + of_home, "utf-8")


@contextmanager
def _started(folder: Path, speed: float) -> Iterator[Appliance]:
    command = [sys.executable, "-m", "edge_agent", "run", "--kiosk", "--settings", str(folder / "settings.toml")]
    command += ["--replay", str(folder / "recording" / "visit.toml"), "--speed", str(speed)]
    told = os.environ | AS_THE_UNIT | {"NOTIFY_SOCKET": str(folder / "notify")}
    with _supervising(folder / "notify") as ready:
        began_s = time.monotonic()
        with subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert ready.wait(PATIENCE_S), "the appliance does not say that it is ready"
                appliance = _answering(process, began_s)
                with closing(appliance.screen):
                    yield appliance
            finally:
                process.send_signal(signal.SIGTERM)


@contextmanager
def _supervising(address: Path) -> Iterator[threading.Event]:
    """Hear what a program says to its supervisor, all of it; the event is that it is ready."""
    ready = threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(address))
        threading.Thread(target=_hear, args=(line, ready), daemon=True).start()
        yield ready
        line.shutdown(socket.SHUT_RDWR)


def _hear(line: socket.socket, ready: threading.Event) -> None:
    while told := line.recv(4096):
        if b"READY=1" in told:
            ready.set()


def _answering(process: "subprocess.Popen[str]", began_s: float) -> Appliance:
    ready_s = time.monotonic() - began_s
    assert process.stdout is not None
    found = next((found for line in process.stdout if (found := SCREEN.search(line))), None)
    assert found is not None, "the appliance ended, and said nothing of its screen"
    screen = httpx.Client(base_url=found[0], headers={"Origin": found[0].rstrip("/")}, timeout=PATIENCE_S)
    screen.get("/").raise_for_status()
    return Appliance(process, ready_s, time.monotonic() - began_s, screen)


def _check_in(screen: httpx.Client) -> None:
    """By the page's own form, which names whom it asks."""
    order = f"order-{SEED}"
    asked = dict(ASKED.findall(screen.get(f"/consent/{order}").text))
    screen.post(f"/arrive/{order}", data=asked | {"all": "yes"}, follow_redirects=True).raise_for_status()


def _lived(folder: Path, appliance: Appliance, speed: float, console: Console) -> Hour:
    at_ready = appliance.held()
    _check_in(appliance.screen)
    by_minute = list[Held]()
    with console.status("") as status:
        for minute in range(1, MINUTES + 1):
            time.sleep(60 / speed)
            by_minute.append(appliance.held())
            status.update(f"minute {minute} of {MINUTES}: {by_minute[-1]}")
    appliance.screen.post("/leave", follow_redirects=True).raise_for_status()
    return Hour(at_ready, by_minute, _sealed(folder))


def _sealed(folder: Path) -> VisitRecord:
    """The record of the visit, once it is sealed."""
    key = open_identity(folder / "device").key.public_key()
    give_up_at_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at_s:
        with Outbox(folder / "device" / "outbox.db", DEVICE) as outbox:
            for waiting in outbox.pending(1):
                return open_record(waiting.sealed, lambda _kid: key).record
        time.sleep(1)
    raise SystemExit("error: the appliance sealed no record, so that nothing is measured")


def _table(appliance: Appliance, hour: Hour) -> Table:
    table = Table("the appliance", "measured", "aim")
    table.add_row("ready after start", f"{appliance.ready_s:.1f} s", f"{MOST_READY_S:.0f} s")
    table.add_row("its screen answers after start", f"{appliance.answered_s:.1f} s", "")
    table.add_row("memory held when ready", str(hour.at_ready), "")
    for minute in (1, *range(10, MINUTES + 1, 10)):
        table.add_row(f"memory held after {minute} min", str(hour.by_minute[minute - 1]), "")
    table.add_row("the most of all minutes", str(max(hour.by_minute)), f"{MOST_MIB:.0f} MiB")
    table.add_row("growth from minutes 11-20 to 51-60", str(hour.growth), "none")
    sound = hour.record.sound
    heard = f"{sound.coverage:.0%}" if isinstance(sound, SoundEvidence) else "nothing"
    table.add_row("of the visit, what was heard", heard, "all")
    return table


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 6.0)
