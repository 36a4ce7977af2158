"""The demo's commands as a newcomer meets them; the whole demo is `make demo ONCE=1`."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sim.demo.children import answers
from sim.demo.table import Judged
from tests.whole import await_true, free_port
from visit_record.vocabulary import Typology


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", "demo", "--once", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def assert_one_clear_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for word in words:
        assert word in done.stderr


def test_taken_web_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert_one_clear_line(demo("--folder", str(tmp_path / "d"), "--web-port", str(port)), str(port), "WEB_PORT")


def test_taken_broker_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = demo("--folder", str(tmp_path / "d"), "--web-port", str(free_port()), "--broker-port", str(port))
        assert_one_clear_line(done, str(port), "BROKER_PORT")


def test_missing_broker_is_one_clear_line(tmp_path: Path) -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    done = demo("--folder", str(tmp_path / "d"), "--web-port", str(free_port()), "--broker", url)
    assert_one_clear_line(done, url, "no broker")


def test_missing_models_are_one_clear_line(tmp_path: Path) -> None:
    done = demo("--folder", str(tmp_path / "d"), "--registry", str(tmp_path / "registry.toml"))
    assert_one_clear_line(done, "registry.toml")


def test_folder_that_is_not_a_demos_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep me")
    done = demo("--folder", str(tmp_path), "--web-port", str(free_port()), "--broker-port", str(free_port()))
    assert_one_clear_line(done, str(tmp_path), "another folder")
    assert (tmp_path / "precious.txt").read_text() == "keep me"


@pytest.mark.long
def test_demo_that_is_told_to_end_ends_its_programs_too(tmp_path: Path) -> None:
    web_port, broker_port = free_port(), free_port()
    ports = ["--web-port", str(web_port), "--broker-port", str(broker_port)]
    command = [sys.executable, "-m", "sim", "demo", "--folder", str(tmp_path / "d"), *ports]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    await_true(lambda: answers("127.0.0.1", web_port), timeout_s=60)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not answers("127.0.0.1", web_port)
    assert not answers("127.0.0.1", broker_port)


def judged(truth: Typology, band: str, typology: Typology = Typology.GENUINE) -> Judged:
    return Judged("visit", truth, {"band": band, "typology": typology})


def test_faked_visit_is_rightly_judged_only_by_its_own_name() -> None:
    assert judged(Typology.RECIPIENT_ABSENT, "hold", Typology.RECIPIENT_ABSENT).rightly
    assert not judged(Typology.RECIPIENT_ABSENT, "hold", Typology.EMPTY_ORDER).rightly
    assert not judged(Typology.RECIPIENT_ABSENT, "credible").rightly
    assert judged(Typology.GENUINE, "credible").rightly
    assert not judged(Typology.GENUINE, "review", Typology.EMPTY_ORDER).rightly
