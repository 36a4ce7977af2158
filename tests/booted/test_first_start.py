"""The first start by cloud-init, and what the device is after it."""

import pytest

from tests.booted.conftest import told
from tests.booted.machine import SITE_ADDRESS, Machine, may_enlarge
from tests.whole import await_true

pytestmark = pytest.mark.booted
AGENT = "carewitness-agent"


def test_the_device_started_anew_by_itself_on_a_system_that_is_not_written(machine: Machine) -> None:
    assert machine.done("findmnt", "-no", "FSTYPE", "/") == "overlay"
    assert machine.done("findmnt", "-no", "FSTYPE", "/var/lib/carewitness") == "ext4"
    kernel = machine.done("sh", "-c", "ls /boot/initrd.img-*-cloud-*")
    assert "scripts/init-bottom/overlayroot" in machine.done("lsinitramfs", kernel)


@pytest.mark.skipif(not may_enlarge(), reason="this machine lets nobody enlarge a file system in use")
def test_the_data_partition_has_grown_to_the_end_of_the_card(machine: Machine) -> None:
    assert int(machine.done("df", "--output=size", "-BM", "/var/lib/carewitness").split()[-1].rstrip("M")) > 7_000


def test_nothing_has_failed_that_is_there(machine: Machine) -> None:
    failed = {line.split()[0] for line in machine.said("systemctl", "--failed", "--plain", "--no-legend").splitlines()}
    assert failed == set()


def test_the_first_start_left_what_a_device_is_enrolled_by_on_the_card(machine: Machine) -> None:
    assert "设备自动重新启动" in told(machine)
    assert {"device-1.request.json", "device-1.csr"} <= {one.name for one in (machine.boot / "carewitness").iterdir()}


def test_the_agent_runs_by_systemd_within_its_bounds(machine: Machine) -> None:
    pid = machine.unit(AGENT, "MainPID")
    status = dict(line.split(":\t", 1) for line in machine.done("cat", f"/proc/{pid}/status").splitlines())
    assert {status[one] for one in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert machine.unit(AGENT, "WatchdogUSec") == "1min"
    there = ["nsenter", f"--target={pid}", "--mount", "--wd=/"]
    assert machine.asked(*there, "touch", "/var/lib/carewitness/settings.toml").returncode == 1
    assert machine.asked(*there, "touch", "/usr/local/lib/carewitness/x").returncode == 1
    assert machine.asked(*there, "touch", "/var/lib/carewitness/device/x").returncode == 0
    machine.done("rm", "/var/lib/carewitness/device/x")


def test_the_screen_s_browser_shows_the_page_within_its_unit_s_bounds(machine: Machine) -> None:
    """Compositor and browser as the unit starts them; the panel alone is a stand-in."""
    shown = "ss --no-header --tcp --numeric state established dst 127.0.0.1:8600"
    await_true(lambda: "127.0.0.1:8600" in machine.said("sh", "-c", shown), 120)
    assert machine.unit("carewitness-kiosk", "ActiveState") == "active"


def test_the_agent_reaches_nothing_beyond_its_machine_though_the_firewall_lets_the_broker_through(
    device: Machine,
) -> None:
    ask = f"curl --silent --max-time 3 --output /dev/null http://{SITE_ADDRESS}:8883; echo $?"
    # curl's 56: it came, and the broker wanted TLS. 28 and 7: it did not come.
    assert device.done("sh", "-c", ask) == "56"
    group = f"/sys/fs/cgroup/system.slice/{AGENT}.service/cgroup.procs"
    assert device.done("sh", "-c", f"echo $$ > {group}; {ask}") in {"7", "28"}
