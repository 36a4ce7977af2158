"""What the device is to its site once it is enrolled: a line that is on, a firewall, a self-test, a bundle."""

import tarfile

import pytest

from tests.booted.machine import SITE_ADDRESS, Machine
from tests.whole import Server, await_true

pytestmark = pytest.mark.booted
AGENT = "carewitness-agent"
PASSED = ("定位接收器 position receiver", "消息代理 broker", "到服务器的线路 line to the server")


@pytest.mark.usefixtures("device")
def test_the_server_hears_of_the_device_over_both_brokers(server: Server) -> None:
    await_true(lambda: server.asked("devices")["devices"][0]["told_at_ms"] is not None, 90)


def test_whoever_else_is_on_the_line_is_not_reached(device: Machine) -> None:
    ask = f"curl --silent --max-time 3 --output /dev/null http://{SITE_ADDRESS}:8600; echo $?"
    assert device.done("sh", "-c", ask) == "7", "refused by the device itself"
    assert "10.77.0.1 . 8883" in device.done("nft", "list", "set", "inet", "carewitness", "broker4")


def test_the_self_test_walks_through_all_and_starts_the_agent_again(device: Machine) -> None:
    said = device.asked("carewitness-selftest", "--no-ask").stdout
    for part in PASSED:
        assert f"[通过 pass] {part}" in said, said
    failed = {line for line in said.splitlines() if line.startswith("[失败")}
    assert failed <= {"[失败 fail] 时钟 clock"}, "in this container no clock is set"
    await_true(lambda: device.unit(AGENT, "ActiveState") == "active", 60)


def test_the_bundle_for_whoever_helps_is_packed_beside_the_running_agent(device: Machine) -> None:
    device.done("carewitness-support", "/mnt")
    (bundle,) = device.stick.glob("*support*")
    assert tarfile.is_tarfile(bundle), bundle
    bundle.unlink()


@pytest.mark.parametrize("unit", ["carewitness-retention", "carewitness-allow", "carewitness-again"])
def test_what_timers_start_ends_well(device: Machine, unit: str) -> None:
    device.done("systemctl", "start", unit)
    assert device.unit(unit, "Result") == "success"
    assert device.unit(f"{unit}.timer", "ActiveState") == "active"
