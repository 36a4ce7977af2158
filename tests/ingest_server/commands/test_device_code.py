"""An administrator's codes: what they say, on paper, on a screen and on a terminal, and what is refused in one line."""

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner, Result

from edge_agent.enrolling.gathering import Gathering
from edge_agent.enrolling.reader import CodeReader
from ingest_server.commands import devices
from ingest_server.data_dir import server_key
from ingest_server.site_page import NAMES
from tests.appliance.certificates import Authority
from tests.chromium import chromium, shut_out
from visit_record.code_parts import CodeKind, fingerprint
from visit_record.site_code import unpack_site
from visit_record.site_lines import SiteName

GIVEN: dict[str, str] = {"--device": "device-1", "--agency": "agency-a", "--broker": "broker.example.org"}
SITE = {"DEVICE": "device-1", "AGENCY": "agency-a", "BROKER_HOST": "broker.example.org", "BROKER_PORT": "8883"}


def code(folder: Path, *more: str, **changed: str) -> Result:
    given = GIVEN | {f"--{name}": value for name, value in changed.items()}
    words = [word for pair in given.items() for word in pair]
    return CliRunner().invoke(devices.app, ["code", *words, *more, "--data-dir", str(folder / "var")])


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    Authority.new().issue(tmp_path, "device-1", "device-1")
    server_key(tmp_path / "var")
    return tmp_path


def read_from(page: Any, document: Path) -> bytes:  # noqa: ANN401 - playwright's page, or a stand-in
    """Each code photographed from the screen, as a telephone shows it, and read as the device does."""
    page.goto(document.as_uri())
    gathering, reader = Gathering(CodeKind.SITE), CodeReader()
    for drawing in page.query_selector_all("svg"):
        drawing.scroll_into_view_if_needed()
        shot = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
        assert shot is not None
        for text in reader.codes_in(np.ascontiguousarray(shot[:, :, ::-1], np.uint8)):
            gathering.take(text)
    assert gathering.document is not None
    return gathering.document


def test_no_key_is_made_where_the_server_has_none(tmp_path: Path) -> None:
    refused = code(tmp_path)
    assert refused.exit_code == 1
    assert "name the server's folder by --data-dir" in refused.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_the_page_is_read_back_by_a_device_as_what_was_asked(certificates: Path) -> None:
    files = ("--ca", str(certificates / "ca.crt"), "--certificate", str(certificates / "device-1.crt"))
    more = ("--latitude", "31.22", "--longitude", "0.00001", "--set", "CAMERA=ribbon", "--time-servers", "t.org u.org")
    done = code(certificates, *files, *more, "--out", str(certificates / "code.html"))
    assert done.exit_code == 0, done.output
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 640, "height": 480})
        document = read_from(page, certificates / "code.html")
        text = page.inner_text("body")
        assert shut_out(page) == []
    said = unpack_site(document)
    place = {"LATITUDE": "31.220000", "LONGITUDE": "0.000010"}
    assert said.site == SITE | place | {"CAMERA": "ribbon", "TIME_SERVERS": "t.org u.org"}
    assert said.server_key == server_key(certificates / "var").public_key().public_bytes_raw()
    assert said.authority == (der(certificates / "ca.crt"),)
    assert said.certificate == (der(certificates / "device-1.crt"),)
    assert fingerprint(document) in text
    assert "第 1 个，共" in text
    assert text.index("设备登记码") < text.index("Site code")


def der(certificate: Path) -> bytes:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)


def test_without_a_file_the_codes_are_drawn_on_the_terminal(tmp_path: Path) -> None:
    server_key(tmp_path / "var")
    done = code(tmp_path)
    assert done.exit_code == 0, done.output
    assert "设备 · device: device-1" in done.output
    assert done.output.count("第 1 个，共 1 个 · 1 of 1") == 1
    assert max(map(len, done.output.splitlines())) <= 80
    assert "█" in done.output


def test_what_is_not_fitted_is_said_on_page_and_terminal(tmp_path: Path) -> None:
    """The code carries it, so whoever compares sees it."""
    server_key(tmp_path / "var")
    drawn = code(tmp_path, "--set", "CAMERA=")
    assert "摄像头 · camera: 无 · none\n" in drawn.output
    assert code(tmp_path, "--set", "CAMERA=", "--out", str(tmp_path / "code.html")).exit_code == 0
    page = (tmp_path / "code.html").read_text("utf-8")
    assert '<th scope="row">摄像头 · camera</th><td>无 · none</td>' in page


@pytest.mark.parametrize("name", ["code.svg", "code", "code.html.pdf"])
def test_a_page_is_not_written_under_another_kind_s_name(tmp_path: Path, name: str) -> None:
    done = code(tmp_path, "--out", str(tmp_path / name))
    assert done.exit_code == 1
    assert f"name it {(tmp_path / name).with_suffix('.html')}" in done.output
    assert not (tmp_path / name).exists()


def test_names_on_the_page_are_no_markup(tmp_path: Path) -> None:
    done = code(tmp_path, "--out", str(tmp_path / "code.html"), device="<script>")
    assert done.exit_code == 1
    assert not (tmp_path / "code.html").exists()


def test_every_line_of_a_site_has_its_words() -> None:
    assert set(NAMES) == set(SiteName)


NOTHING_FITTED = tuple(
    word for name in ("CAMERA", "MICROPHONE", "THERMAL", "POSITION") for word in ("--set", f"{name}=")
)
REFUSED: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "a device that is no name": ((), {"device": "device 1"}, "DEVICE must be"),
    "a broker with its kind": ((), {"broker": "mqtts://broker"}, "write HOST:PORT"),
    "a broker with a password": ((), {"broker": "me:secret@broker:8883"}, "write HOST:PORT"),
    "a port that is none": ((), {"broker": "broker:tls"}, "write HOST:PORT"),
    "a port that nobody has": ((), {"broker": "broker:65536"}, "write HOST:PORT"),
    "no port at all": ((), {"broker": "broker:0"}, "BROKER_PORT must be 1 to 65535"),
    "a port with zeros": ((), {"broker": "broker:007"}, "BROKER_PORT must be 1 to 65535"),
    "a place beyond the pole": (("--latitude", "91", "--longitude", "0"), {}, "LATITUDE and LONGITUDE must be"),
    "a place just beyond the pole": (("--latitude", "-90.01", "--longitude", "0"), {}, "up to 90 and 180"),
    "a place once around": (("--latitude", "0", "--longitude", "181"), {}, "up to 90 and 180"),
    "a place that is no number": (("--latitude", "nan", "--longitude", "0"), {}, "up to 90 and 180"),
    "what has its own option": (("--set", "DEVICE=device-2"), {}, "DEVICE has an option of its own"),
    "a line twice": (("--set", "CAMERA=usb", "--set", "CAMERA=ribbon"), {}, "CAMERA is given twice"),
    "half a place": (("--latitude", "31"), {}, "--latitude and --longitude go together"),
    "a line that site.env has not": (("--set", "LD_PRELOAD=/x.so"), {}, "is no line of site.env"),
    "a value that ends in other settings": (("--set", "CAMERA=$(reboot)"), {}, "CAMERA may have"),
    "a camera that is none": (("--set", "CAMERA=usbb"), {}, "CAMERA must be usb or ribbon, or empty"),
    "a microphone that is none": (("--set", "MICROPHONE=xlr"), {}, "MICROPHONE must be usb, or empty"),
    "an array that is none": (("--set", "THERMAL=mlx90641"), {}, "THERMAL must be mlx90640 or amg8833, or empty"),
    "a receiver that is none": (("--set", "POSITION=galileo"), {}, "POSITION must be gps, or empty"),
    "a line in words": (("--set", "CONTACT_LINE=abc"), {}, "CONTACT_LINE must be the number of a GPIO line"),
    "an accelerometer that is a path": (("--set", "ACCELEROMETER=/dev/iio"), {}, "ACCELEROMETER must be its name"),
    "updates from a file server": (
        ("--set", "CAREWITNESS_UPDATES_FROM=ftp://a/b"),
        {},
        "must be an address as https://host/folder",
    ),
    "updates that anybody could keep back": (
        ("--set", "CAREWITNESS_UPDATES_FROM=http://updates.example.org"),
        {},
        "CAREWITNESS_UPDATES_FROM must be an address as https://host/folder, never http, or empty",
    ),
    "a time server with its port": (
        ("--time-servers", "ntp.example.org:123"),
        {},
        "TIME_SERVERS must be names of hosts (letters, digits, . _ and -) or IP addresses with spaces between them",
    ),
    "nothing fitted": (NOTHING_FITTED, {}, "nothing is fitted; name a CAMERA, MICROPHONE, THERMAL or POSITION"),
    "a broker that is no name": ((), {"broker": "broker-:8883"}, "BROKER_HOST must be a name of letters, digits"),
    "a file that is not there": (("--ca", "none.crt"), {}, "none.crt holds no certificate"),
    "a key for a certificate": (("--ca", "device-1.key"), {}, "device-1.key holds no certificate"),
    "the authority for a device": (("--certificate", "ca.crt"), {}, "not of CN=device-1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_slip_is_refused_in_one_line_and_nothing_is_written(
    case: str, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more, changed, words = REFUSED[case]
    monkeypatch.chdir(certificates)
    done = code(certificates, *more, "--out", "code.html", **changed)
    assert done.exit_code == 1
    assert words in done.output
    assert re.match("错误 error: [\u4e00-\u9fff]", done.output)
    assert done.output.count("\n") == 1
    assert not (certificates / "code.html").exists()
