"""Chromium as the screen's unit has it, its own sandbox with it: a page is shown, and what the unit bars is barred."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.appliance.brokers import CONFIG
from tests.appliance.sandbox import library
from tests.appliance.unit_files import required
from tests.chromium import EXECUTABLE, serving

UNIT = CONFIG / "systemd" / "carewitness-kiosk.service"
# Compiled as it runs, which needs memory that is written and then run.
PAGE = "<p id=a></p><script>let s=0;for(let i=0;i<3e6;i++)s+=i%7;a.textContent='ran '+s</script>"
# Of what is nobody's to see in /proc, the browser sees what is its own.
PROC = 'mount --make-rprivate / && mount -t proc -o hidepid=invisible proc /proc && exec "$@"'


@pytest.fixture(autouse=True)
def tools() -> None:
    required("systemd-analyze", "systemd")
    required("unshare", "util-linux")
    if library() is None:
        pytest.skip("libseccomp is not installed; apt install libseccomp2")
    if subprocess.run(["unshare", "--mount", "--uts", "sh", "-c", PROC, "sh", "true"], check=False).returncode:
        pytest.skip("nobody may mount here as systemd would")


@pytest.fixture
def profile() -> Iterator[Path]:
    """A folder of whoever the browser runs as."""
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65_534, 65_534)
        yield Path(folder)


def within(unit: Path, *program: object) -> subprocess.CompletedProcess[str]:
    mounted = ["unshare", "--mount", "--uts", "sh", "-c", PROC, "sh"]
    command = [*mounted, sys.executable, "-m", "tests.appliance.kiosk_sandbox", str(unit), *map(str, program)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def shown(unit: Path, profile: Path) -> subprocess.CompletedProcess[str]:
    app = FastAPI()
    app.get("/", response_class=HTMLResponse)(lambda: PAGE)
    options = ("--headless=new", "--disable-gpu", "--no-first-run", "--virtual-time-budget=4000", "--dump-dom")
    with serving(app) as address:
        return within(
            unit, "env", f"HOME={profile}", EXECUTABLE, *options, f"--user-data-dir={profile}/browser", f"{address}/"
        )


@pytest.mark.browser
def test_the_browser_shows_a_page_within_the_units_bounds_its_own_sandbox_with_it(profile: Path) -> None:
    done = shown(UNIT, profile)
    assert "ran 8999994" in done.stdout, done.stderr


@pytest.mark.browser
def test_without_namespaces_of_its_own_it_would_show_nothing(profile: Path, tmp_path: Path) -> None:
    """Which says that the test above would see it."""
    narrower = tmp_path / UNIT.name
    narrower.write_text(
        UNIT.read_text("utf-8").replace("RestrictNamespaces=user pid net", "RestrictNamespaces=pid net")
    )
    done = shown(narrower, profile)
    assert "ran" not in done.stdout
    assert "No usable sandbox" in done.stderr


_ASKS = "import ctypes, socket, sys\ntry: {0}\nexcept OSError as error: sys.exit(error.errno == 97)"
BARRED = {
    "a namespace of mounts": ("unshare", "--user", "--mount", "true"),
    "a file that runs as its owner": ("sh", "-c", "cp /bin/true $0/it && chmod u+s $0/it"),
    "to look into another": ("/usr/bin/python3", "-c", _ASKS.format("sys.exit(ctypes.CDLL(None).ptrace(0, 0, 0, 0))")),
    "a socket of another kind": ("/usr/bin/python3", "-c", _ASKS.format("socket.socket(socket.AF_PACKET)")),
    "a file that others may read": ("sh", "-c", 'touch $0/it && test "$(stat -c %a $0/it)" = 644'),
}


@pytest.mark.parametrize("case", BARRED)
def test_what_the_unit_bars_is_barred_and_would_not_be_without_it(case: str, profile: Path, tmp_path: Path) -> None:
    bare = tmp_path / UNIT.name
    bare.write_text("UMask=0022\nSystemCallFilter=~@swap\n")
    assert within(bare, *BARRED[case], profile).returncode == 0
    (profile / "it").unlink(missing_ok=True)
    assert within(UNIT, *BARRED[case], profile).returncode not in {0, 127}
