"""The device's firewall, in network namespaces: broker and time are reached, and nothing else either way."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG
from tests.appliance.networks import Host, cable

RULES = CONFIG / "nftables" / "carewitness.nft"
ALLOW = CONFIG / "bin" / "carewitness-allow"
DEVICE, BROKER, ELSEWHERE, RESOLVER = "10.77.0.1", "10.77.0.2", "10.77.0.3", "10.77.0.53"
OPEN = ("tcp:0.0.0.0:8883", "tcp:0.0.0.0:22", "tcp:0.0.0.0:443", "tcp:0.0.0.0:53")
# An answer over UDP must come from the address that was asked.
SPEAKING = (f"udp:{RESOLVER}:53", f"udp:{ELSEWHERE}:53", f"udp:{BROKER}:123", f"udp:{ELSEWHERE}:5000")


@dataclass(frozen=True)
class Net:
    device: Host
    site: Host
    folder: Path

    def allow(self, **site: str) -> None:
        """What the service does with the site's settings."""
        resolvers = self.folder / "resolv.conf"
        resolvers.write_text(f"search site\nnameserver {RESOLVER}\nnameserver fe80::1%cable\n")
        self.device.run("bash", str(ALLOW), env={"CAREWITNESS_RESOLV_CONF": str(resolvers)} | site)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    _require_tools()
    with cable(DEVICE, BROKER, ELSEWHERE, RESOLVER) as (device, site), site.listening(*OPEN, *SPEAKING):
        yield Net(device, site, tmp_path_factory.mktemp("net"))


@pytest.fixture(autouse=True)
def fresh_rules(net: Net) -> None:
    net.device.run("nft", "-f", str(RULES))


def _require_tools() -> None:
    for tool, package in (("nft", "nftables"), ("setpriv", "util-linux")):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed; apt install {package}")
    if "_chrony" not in {user.pw_name for user in pwd.getpwall()}:
        pytest.skip("the rules name chrony's user; apt install chrony")


def test_without_the_rules_everything_is_reached(net: Net) -> None:
    net.device.run("nft", "flush", "ruleset")
    assert {net.device.ask(f"tcp:{host}:8883") for host in (BROKER, ELSEWHERE)} == {"reached"}
    assert net.device.ask(f"udp:{ELSEWHERE}:5000") == "reached"


def test_before_the_site_is_known_nothing_is_reached(net: Net) -> None:
    assert net.device.ask(f"tcp:{BROKER}:8883") == "refused"
    assert net.device.ask(f"udp:{RESOLVER}:53") == "refused"


def test_the_broker_is_reached_and_nothing_beside_it(net: Net) -> None:
    net.allow(BROKER_HOST=BROKER)
    assert net.device.ask(f"tcp:{BROKER}:8883") == "reached"
    refused = (f"tcp:{BROKER}:22", f"tcp:{ELSEWHERE}:8883", f"tcp:{ELSEWHERE}:443", f"udp:{ELSEWHERE}:5000")
    assert {place: net.device.ask(place) for place in refused} == dict.fromkeys(refused, "refused")


def test_updates_are_reached_where_the_site_names_them(net: Net) -> None:
    net.allow(BROKER_HOST=BROKER, CAREWITNESS_UPDATES_FROM=f"https://{ELSEWHERE}/carewitness")
    assert net.device.ask(f"tcp:{ELSEWHERE}:443") == "reached"
    assert net.device.ask(f"tcp:{ELSEWHERE}:22") == "refused"
    net.allow(BROKER_HOST=BROKER)
    assert net.device.ask(f"tcp:{ELSEWHERE}:443") == "refused"


def test_names_are_asked_for_only_where_the_site_has_names(net: Net) -> None:
    net.allow(BROKER_HOST=BROKER)
    assert net.device.ask(f"udp:{RESOLVER}:53") == "refused"
    net.allow(BROKER_HOST="localhost")
    assert net.device.ask(f"udp:{RESOLVER}:53") == "reached"
    assert net.device.ask(f"tcp:{RESOLVER}:53") == "reached"
    assert net.device.ask(f"udp:{ELSEWHERE}:53") == "refused"


def test_time_servers_by_name_need_a_name_server_too(net: Net) -> None:
    net.allow(BROKER_HOST=BROKER, TIME_SERVERS="10.77.0.2 time.example.org")
    assert net.device.ask(f"udp:{RESOLVER}:53") == "reached"


def test_the_time_is_for_the_program_that_keeps_it(net: Net) -> None:
    assert net.device.ask(f"udp:{BROKER}:123", user="_chrony") == "reached"
    assert net.device.ask(f"udp:{BROKER}:123") == "refused"
    assert net.device.ask(f"udp:{ELSEWHERE}:5000", user="_chrony") == "refused"


def test_chrony_itself_gets_the_time_through_the_rules(net: Net, tmp_path: Path) -> None:
    if shutil.which("chronyd") is None:
        pytest.skip("chronyd is not installed; apt install chrony")
    serves = tmp_path / "server.conf"
    serves.write_text(
        f"local stratum 1\nallow\nbindaddress {ELSEWHERE}\ncmdport 0\nbindcmdaddress /\npidfile {tmp_path}/server.pid\n"
    )
    # -x: the clock of the machine that runs the test is left alone.
    server = ["ip", "netns", "exec", net.site.name, "chronyd", "-x", "-d", "-U", "-f", str(serves)]
    with subprocess.Popen(server, stderr=subprocess.DEVNULL) as serving:
        try:
            settings = [f"server {ELSEWHERE} iburst", f"pidfile {tmp_path}/device.pid"]
            # Its exit status is 0 once it has the time.
            net.device.run("chronyd", "-x", "-Q", "-t", "20", "-u", "_chrony", *settings)
        finally:
            serving.terminate()


def test_a_broker_behind_a_name_that_cannot_be_found_leaves_what_was_let_through(net: Net) -> None:
    net.allow(BROKER_HOST=BROKER)
    inside = ["ip", "netns", "exec", net.device.name, "bash", str(ALLOW)]
    environment = os.environ | {"BROKER_HOST": "no-such-host.invalid"}
    done = subprocess.run(inside, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "no-such-host.invalid has no address" in done.stderr
    assert net.device.ask(f"tcp:{BROKER}:8883") == "reached"


def test_nobody_reaches_the_device(net: Net) -> None:
    net.allow(BROKER_HOST=BROKER)
    with net.device.listening("tcp:0.0.0.0:1883", "tcp:0.0.0.0:8600", "tcp:0.0.0.0:22"):
        for port in (1883, 8600, 22):
            assert net.site.ask(f"tcp:{DEVICE}:{port}") == "silent"
            assert net.device.ask(f"tcp:127.0.0.1:{port}") == "reached"


# As a switch that snoops asks (RFC 3810, 5.1): from a link-local address, one hop, with the router alert. Who listens
# to ff02::16 hears the answers; those that nobody asked for, at the line's start, are waited out.
_ASK_WHO_LISTENS = """
import socket, struct
line = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
index = socket.if_nametoindex("cable")
line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 1)
line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, bytes((0, 0, 5, 2, 0, 0, 1, 0)))
group = socket.inet_pton(socket.AF_INET6, "ff02::16") + struct.pack("@I", index)
line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
line.settimeout(3)
def answered():
    try:
        while line.recv(2048)[0] != 143:
            pass
        return True
    except TimeoutError:
        return False
while answered():
    pass
line.sendto(struct.pack(">BBHHH16sBBH", 130, 0, 0, 500, 0, bytes(16), 2, 125, 0), ("ff02::1", 0, 0, index))
print("answered" if answered() else "silent")
"""


def test_a_switch_that_asks_who_listens_is_answered_so_that_neighbours_are_not_lost(net: Net) -> None:
    assert net.site.run("/usr/bin/python3", "-c", _ASK_WHO_LISTENS) == "answered"


def test_what_was_refused_is_counted(net: Net) -> None:
    net.device.ask(f"tcp:{ELSEWHERE}:443")
    rules = net.device.run("nft", "list", "chain", "inet", "carewitness", "output")
    counted = next(line for line in rules.splitlines() if "reject" in line)
    assert "packets 0" not in counted
