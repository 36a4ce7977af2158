"""The way out: the broker that the agent speaks to, and the line on to the server's, over real TLS."""

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_agent.chain_head import ChainHead, HeadFile
from edge_agent.errors import SettingsError
from edge_agent.selftest.bridge_check import BridgeCheck
from edge_agent.selftest.bridge_settings import read_bridge
from edge_agent.selftest.broker_check import BrokerCheck
from edge_agent.selftest.finding import Finding, Verdict
from tests.appliance.brokers import Site
from tests.appliance.certificates import Authority
from tests.edge_agent.broker import LiveBroker, ReceiptServer, free_port
from tests.selftest.conftest import Fit, Walked
from tests.whole import await_true

DAY_MS = 86_400_000


def now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


@pytest.fixture
def broker() -> Iterator[LiveBroker]:
    live = LiveBroker()
    yield live
    live.stop()


def test_the_device_is_let_in_and_says_its_status_and_its_health(fit: Fit, walked: Walked, broker: LiveBroker) -> None:
    fit(f'[broker]\nurl = "{broker.url}"\n')
    with ReceiptServer(broker.port, lambda _device, _sealed: []) as server:
        (line,) = walked("broker").lines
        assert line["verdict"] == "pass", line
        await_true(lambda: server.statuses[-2:] == [b"online", b"offline"])
    assert server.records == [], "nothing is sent that a visit did not seal"


def test_a_lost_outbox_is_not_made_anew_to_say_the_health(
    device: Path, fit: Fit, walked: Walked, broker: LiveBroker
) -> None:
    fit(f'[broker]\nurl = "{broker.url}"\n')
    HeadFile.beside(device / "device" / "outbox.db").write("device-1", ChainHead(1, "0" * 64))
    [line] = walked("broker").lines
    assert line["verdict"] == "not_observable"
    assert "可能已丢失" in line["zh"]
    assert not (device / "device" / "outbox.db").exists()


def test_without_an_identity_the_broker_is_reached_and_not_logged_in_to(
    device: Path, fit: Fit, walked: Walked, broker: LiveBroker
) -> None:
    fit(f'[broker]\nurl = "{broker.url}"\n')
    (device / "device" / "device.pem").unlink()
    (line,) = walked("broker").lines
    assert line["verdict"] == "not_observable"
    assert "finish enrolling" in line["do_en"]


NOBODY: dict[str, tuple[Callable[[], str], str]] = {
    "a name that nobody has": (lambda: "mqtt://broker.invalid:1883", "has no address"),
    "nobody listens": (lambda: f"mqtt://127.0.0.1:{free_port()}", "does not answer"),
    "no address of a broker": (lambda: "http://127.0.0.1:1", "its address is wrong"),
}


@pytest.mark.parametrize("case", NOBODY)
def test_a_broker_that_is_not_reached_fails_and_says_what_to_do(case: str) -> None:
    url, said = NOBODY[case]
    found = BrokerCheck(url(), lambda: None).look()
    assert found.verdict is Verdict.FAIL
    assert said in found.said.en
    assert found.remedy


def test_visits_go_on_without_a_broker_and_that_is_said() -> None:
    assert "服务照常" in BrokerCheck(f"mqtt://127.0.0.1:{free_port()}", lambda: None).look().said.zh


def test_what_listens_and_is_no_broker_fails(fit: Fit, walked: Walked) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            for _ in range(2):
                listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        fit(f'[broker]\nurl = "mqtt://127.0.0.1:{listener.getsockname()[1]}"\n')
        (line,) = walked("broker").lines
    assert (line["verdict"], line["measured"]) == ("fail", {"stage": "log_in"})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.server.start()
    yield site
    site.server.stop()


def bridged(site: Site, later: timedelta = timedelta()) -> Finding:
    return BridgeCheck(site.device.config, lambda: now_ms() + round(later.total_seconds() * 1000)).look()


@pytest.mark.mosquitto
def test_the_bridges_own_settings_lead_through_tls_to_the_server(site: Site) -> None:
    found = bridged(site)
    assert found.verdict is Verdict.PASS, found
    assert found.measured == {
        "certificate_days": 364,
        "server_certificate_days": 364,
        "tls": "TLSv1.3",
        "stage": "let_in",
    }
    assert found.remedy is None


@pytest.mark.mosquitto
def test_a_certificate_that_ends_soon_is_noted_and_one_that_has_ended_fails(site: Site) -> None:
    soon = bridged(site, timedelta(days=350))
    assert (soon.verdict, soon.measured["certificate_days"]) == (Verdict.PASS, 14)
    assert soon.remedy
    ended = bridged(site, timedelta(days=370))
    assert ended.verdict is Verdict.FAIL
    assert ended.remedy == soon.remedy


@pytest.mark.mosquitto
def test_a_revoked_certificate_is_not_let_in(site: Site) -> None:
    revoked = site.authority.issue(site.tls("device"), "device", "device-1")
    site.authority.revoke(site.tls("server"), revoked)
    site.server.stop()
    site.server.start()
    found = bridged(site)
    assert (found.verdict, found.measured["stage"]) == (Verdict.FAIL, "log_in"), found
    assert found.remedy
    assert "revoked" in found.remedy.en


@pytest.mark.mosquitto
def test_a_server_of_another_authority_is_not_spoken_to(site: Site) -> None:
    (site.tls("device") / "ca.crt").write_bytes(Authority.new().pem())
    found = bridged(site)
    assert (found.verdict, found.measured["stage"]) == (Verdict.FAIL, "tls"), found
    assert found.remedy
    assert "ca.crt" in found.remedy.zh


@pytest.mark.mosquitto
def test_the_bridge_that_runs_is_not_thrown_out(site: Site) -> None:
    site.device.start()
    log = site.server.config.with_suffix(".log")
    await_true(lambda: "as device-1-bridge" in log.read_text("utf-8"))
    assert bridged(site).verdict is Verdict.PASS
    site.device.stop()
    said = log.read_text("utf-8")
    assert said.count("as device-1-bridge ") == 1
    assert "as device-1-selftest" in said


@pytest.mark.mosquitto
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody else")
def test_who_may_not_read_the_key_reaches_the_server_and_is_told_as_whom_to_look_again() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        site = Site(Path(folder))
        (site.tls("device") / "device.key").chmod(0o600)
        site.server.start()
        os.seteuid(65_534)
        try:
            found = bridged(site)
        finally:
            os.seteuid(0)
            site.server.stop()
    assert (found.verdict, found.measured["certificate_days"]) == (Verdict.NOT_OBSERVABLE, 364)
    assert found.remedy
    assert "--only bridge" in found.remedy.zh


@pytest.mark.mosquitto
def test_a_server_that_is_down_is_no_reason_to_stop_working(site: Site) -> None:
    site.server.stop()
    found = bridged(site)
    assert found.verdict is Verdict.FAIL
    assert "visits go on" in found.said.en


def test_a_device_without_its_certificate_is_told_to_fetch_one(tmp_path: Path) -> None:
    config = tmp_path / "mosquitto.conf"
    lines = ["address broker.example:8883", *(f"bridge_{one}file {tmp_path}/{one}" for one in ("ca", "cert", "key"))]
    config.write_text("\n".join(["# address of nobody", "", "listener 1883", *lines]), "utf-8")
    assert str(read_bridge(config).address) == "mqtt://broker.example:8883"
    found = BridgeCheck(config, now_ms).look()
    assert found.verdict is Verdict.FAIL
    assert found.remedy
    assert "carewitness-enrol" in found.remedy.en


_FILES = "bridge_cafile a\nbridge_certfile b\nbridge_keyfile c\n"


@pytest.mark.parametrize("content", ["", f"address x:y\n{_FILES}", f"address x:²\n{_FILES}"])
def test_settings_without_a_bridge_are_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "mosquitto.conf").write_text(content, "utf-8")
    with pytest.raises(SettingsError):
        read_bridge(tmp_path / "mosquitto.conf")
    assert BridgeCheck(tmp_path / "mosquitto.conf", now_ms).look().verdict is Verdict.FAIL
