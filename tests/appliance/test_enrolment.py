"""An installer's files on a card become a device's settings; a slip is one clear line, and nothing is half-written."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from edge_agent.identity import open_identity
from edge_agent.settings_file import read_settings
from ingest_server.commands import devices
from tests.appliance.brokers import CONFIG, filled
from tests.appliance.certificates import NOW, YEAR, Authority
from tests.appliance.installed import install, installed
from visit_record.code_parts import fingerprint
from visit_record.keys import public_jwk
from visit_record.site_code import SiteCode, pack_site
from visit_record.site_lines import SiteName

ROOT = CONFIG.parent
SITE = {
    "DEVICE": "device-1",
    "AGENCY": "agency-a",
    "BROKER_HOST": "broker.example.org",
    "TIME_SERVERS": "10.0.0.1 t.org",
}
_KIT = ("camera", "microphone", "thermal", "position")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = installed(tmp_path / "system")
    agent = made / "edge-agent"
    agent.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m edge_agent "$@"\n')
    agent.chmod(0o755)
    return made


def enrol(root: Path, lines: str | None = None, **changed: str) -> subprocess.CompletedProcess[str]:
    stick = root / "stick"
    stick.mkdir(exist_ok=True)
    text = lines if lines is not None else "".join(f"{name}={value}\n" for name, value in (SITE | changed).items())
    (stick / "site.env").write_text(text, "utf-8")
    return carewitness_enrol(root, stick)


def carewitness_enrol(
    root: Path, *words: str | Path, stdin: int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    environment = {
        "CAREWITNESS_AGENT": str(root / "edge-agent"),
        "CAREWITNESS_LIB": str(root / "usr/local/lib/carewitness"),
    }
    # By the link that an installer calls.
    command = [str(root / "usr/local/sbin/carewitness-enrol"), "--root", str(root), *map(str, words)]
    return subprocess.run(
        command, env=os.environ | environment, stdin=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def state(root: Path) -> Path:
    return root / "var" / "lib" / "carewitness"


def test_a_site_becomes_settings_that_the_agent_reads(root: Path) -> None:
    done = enrol(root, LATITUDE="31", LONGITUDE="121.47")
    assert done.returncode == 0, done.stderr
    settings = read_settings(state(root) / "settings.toml")
    assert settings.folder == state(root) / "device"
    assert settings.models == state(root) / "releases" / "current" / "models" / "registry.toml"
    assert settings.site is not None
    assert (settings.site.latitude_deg, settings.site.longitude_deg) == (31.0, 121.47)
    assert settings.broker is not None
    assert settings.broker.url == "mqtt://127.0.0.1:1883"


FITTED = {
    "a card that names nothing has the kit": ({}, [*_KIT]),
    "all but the array, and a contact": (
        {"THERMAL": "", "CONTACT_LINE": "08"},
        ["camera", "microphone", "position", "tamper"],
    ),
    "an array alone": ({"CAMERA": "", "MICROPHONE": "", "THERMAL": "amg8833", "POSITION": ""}, ["thermal"]),
    "an accelerometer": ({"CAMERA": "ribbon", "ACCELEROMETER": "lis3dh_accel"}, [*_KIT, "tamper"]),
}


@pytest.mark.parametrize("case", FITTED)
def test_what_the_site_file_says_is_fitted_has_its_section(root: Path, case: str) -> None:
    changed, sections = FITTED[case]
    done = enrol(root, **changed)
    assert done.returncode == 0, done.stderr
    settings = read_settings(state(root) / "settings.toml")
    assert [name for name in (*_KIT, "tamper") if getattr(settings, name) is not None] == sections


def test_parts_have_the_names_that_udev_and_alsa_give_them(root: Path) -> None:
    enrol(root, CONTACT_LINE="08", ACCELEROMETER="lis3dh_accel")
    settings = read_settings(state(root) / "settings.toml")
    rules = (CONFIG / "udev" / "70-carewitness.rules").read_text("utf-8")
    assert settings.camera is not None
    assert f'SYMLINK+="{settings.camera.source.removeprefix("/dev/")}"' in rules
    assert settings.microphone is not None
    assert f"pcm.{settings.microphone.device} {{" in (CONFIG / "audio" / "asound.conf").read_text("utf-8")
    assert settings.tamper is not None
    assert (settings.tamper.line, settings.tamper.accelerometer) == (8, "lis3dh_accel")


def test_the_screen_comes_up_on_what_enrolment_wrote_though_nothing_is_plugged_in(root: Path, registry: Path) -> None:
    """No sensor answers here: that is said of each visit, and keeps nobody from the screen."""
    shipped = (CONFIG / "site.env").read_text("utf-8").splitlines()
    kept = [line for line in shipped if line.partition("=")[0] not in SITE]
    enrol(root, "\n".join([*kept, *(f"{name}={value}" for name, value in SITE.items())]))
    models = state(root) / "releases" / "current"
    models.mkdir(parents=True)
    (models / "models").symlink_to(registry.parent)
    with (state(root) / "settings.toml").open("a") as settings:
        settings.write("[kiosk]\nport = 0\n")
    command = [str(root / "edge-agent"), "run", "--settings", str(state(root) / "settings.toml"), "--kiosk"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        said = agent.stdout.readline()
        agent.send_signal(signal.SIGTERM)
        _, errors = agent.communicate(timeout=60)
    assert said.startswith("屏幕 screen: http://127.0.0.1:"), errors
    assert agent.returncode == 0, errors


def test_the_broker_s_settings_are_those_that_the_bridge_was_tried_with(root: Path) -> None:
    enrol(root, BROKER_PORT="8884")
    places = {"TLS": "/var/lib/carewitness/tls", "BROKER_HOST": "broker.example.org", "BROKER_PORT": 8884}
    written = (state(root) / "mosquitto.conf").read_text("utf-8")
    assert written == filled("bridge.conf", DEVICE="device-1", AGENCY="agency-a", **places)


def test_the_time_servers_are_chrony_s_sources(root: Path) -> None:
    enrol(root)
    written = (state(root) / "system" / "chrony" / "carewitness.sources").read_text("utf-8")
    assert written == "server 10.0.0.1 iburst\nserver t.org iburst\n"


def test_the_administrator_gets_what_the_server_and_the_authority_need(root: Path) -> None:
    done = enrol(root)
    request = json.loads((root / "stick" / "device-1.request.json").read_text("utf-8"))
    identity = open_identity(state(root) / "device")
    assert request["jwk"] == public_jwk(identity.key.public_key())
    assert (request["device"], request["agency"]) == ("device-1", "agency-a")
    asked = subprocess.run(
        ["openssl", "req", "-in", str(root / "stick" / "device-1.csr"), "-noout", "-verify", "-subject"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "CN = device-1" in asked.stdout
    assert "take device-1.request.json and device-1.csr to the administrator" in done.stderr
    key = state(root) / "tls" / "device.key"
    assert key.stat().st_mode & 0o077 == 0
    assert not list((root / "stick").glob("*.key"))


def test_a_second_run_brings_certificate_and_server_key_and_changes_no_identity(root: Path) -> None:
    enrol(root)
    first = open_identity(state(root) / "device").key.public_key()
    stick, authority = root / "stick", Authority.new()
    _issue(authority, stick)
    (stick / "server.jwk.json").write_text(json.dumps(public_jwk(first)))
    done = enrol(root)
    assert (done.returncode, done.stderr) == (0, "")
    identity = open_identity(state(root) / "device")
    assert identity.key.public_key() == first
    assert identity.server_key == first
    assert (state(root) / "tls" / "device.crt").read_bytes() == (stick / "device-1.crt").read_bytes()


def _issue(authority: Authority, stick: Path) -> None:
    """As the administrator's openssl does, with the request that was taken away."""
    (stick / "ca.crt").write_bytes(authority.pem())
    (stick / "device-1.crt").write_bytes(authority.signed((stick / "device-1.csr").read_bytes()))


def test_another_device_s_certificate_is_refused_before_anything_is_changed(root: Path) -> None:
    stick = root / "stick"
    stick.mkdir()
    for is_enrolled in (False, True):
        if is_enrolled:
            assert enrol(root).returncode == 0
        Authority.new().issue(stick, "device-1", "device-1")
        (stick / "server.jwk.json").write_text(json.dumps(_some_key()))
        before = everything(state(root))
        done = enrol(root, BROKER_HOST="10.0.0.9")
        assert done.returncode == 1
        assert "no certificate of this device's key, and nothing was changed" in done.stderr
        assert everything(state(root)) == before
        for name in ("device-1.crt", "ca.crt", "server.jwk.json"):
            (stick / name).unlink()


def _another_name(stick: Path) -> None:
    key = stick.parent / "var/lib/carewitness/tls/device.key"
    request = subprocess.run(
        ["openssl", "req", "-new", "-key", key, "-subj", "/CN=device-9"], capture_output=True, check=True
    )
    (stick / "device-1.csr").write_bytes(request.stdout)
    _issue(Authority.new(), stick)


def _another_authority(stick: Path) -> None:
    _issue(Authority.new(), stick)
    (stick / "ca.crt").write_bytes(Authority.new().pem())


def _no_authority(stick: Path) -> None:
    _issue(Authority.new(), stick)
    (stick / "ca.crt").unlink()


def _expired(stick: Path) -> None:
    _issue(Authority.new(began=NOW - 3 * YEAR), stick)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (_another_name, "is not of CN=device-1, and nothing was changed"),
        (_another_authority, "is not signed by ca.crt, and nothing was changed"),
        (_no_authority, "ca.crt is missing, and nothing was changed: put the administrator's beside the certificate"),
        (_expired, "has expired, and nothing was changed: have the administrator sign device-1.csr again"),
    ],
)
def test_a_certificate_that_the_broker_would_not_know_is_refused_before_anything_is_changed(
    root: Path, made: Callable[[Path], None], says: str
) -> None:
    """The broker takes what comes under another name, and drops it without a word."""
    assert enrol(root).returncode == 0
    made(root / "stick")
    before = everything(state(root))
    done = enrol(root, BROKER_HOST="10.0.0.9")
    assert done.returncode == 1
    assert says in done.stderr
    assert everything(state(root)) == before


@pytest.mark.parametrize("name", ["ca.crt", "device-1.crt"])
@pytest.mark.parametrize("kept", [0, 30, 300])
def test_a_certificate_that_was_cut_is_to_be_copied_again_before_anything_is_changed(
    root: Path, name: str, kept: int
) -> None:
    """What ends half-way is nobody's, and no other device's."""
    assert enrol(root).returncode == 0
    _issue(Authority.new(), root / "stick")
    file = root / "stick" / name
    file.write_bytes(file.read_bytes()[:kept])
    before = everything(state(root))
    done = enrol(root, BROKER_HOST="10.0.0.9")
    assert done.returncode == 1
    assert f"{name} 不是证书，或文件不完整，什么都没有改动；请重新复制" in done.stderr
    assert done.stderr.count("\n") == 1
    assert everything(state(root)) == before


def test_a_home_that_was_corrected_is_said_not_to_reach_the_settings(root: Path) -> None:
    enrol(root, LATITUDE="31.2", LONGITUDE="121.4")
    settings = (state(root) / "settings.toml").read_bytes()
    again = enrol(root, LATITUDE="31.2", LONGITUDE="121.4")
    assert "settings.toml" not in again.stderr
    corrected = enrol(root, LATITUDE="31.3", LONGITUDE="121.4")
    assert "LATITUDE 变了，但 settings.toml 只写一次" in corrected.stderr
    assert "LONGITUDE" not in corrected.stderr
    assert (state(root) / "settings.toml").read_bytes() == settings


def test_a_home_that_is_told_later_is_said_not_to_reach_the_settings(root: Path) -> None:
    """The first site file had no such lines at all."""
    enrol(root)
    settings = (state(root) / "settings.toml").read_bytes()
    later = enrol(root, LATITUDE="31.3", LONGITUDE="121.4", CONTACT_LINE="17")
    for name in ("LATITUDE", "LONGITUDE", "CONTACT_LINE"):
        assert f"{name} 变了，但 settings.toml 只写一次" in later.stderr
    assert "CAMERA" not in later.stderr
    assert "ACCELEROMETER" not in later.stderr
    assert (state(root) / "settings.toml").read_bytes() == settings


def test_a_device_does_not_become_another_by_its_site_file(root: Path) -> None:
    enrol(root)
    before = (state(root) / "mosquitto.conf").read_bytes()
    done = enrol(root, DEVICE="device-2")
    assert done.returncode == 1
    assert "this machine is enrolled as another device" in done.stderr
    assert (state(root) / "mosquitto.conf").read_bytes() == before


def test_what_was_measured_in_the_home_stays(root: Path) -> None:
    enrol(root)
    with (state(root) / "settings.toml").open("a") as settings:
        settings.write("[bed]\nrow0 = 0.1\ncol0 = 0.1\nrow1 = 0.9\ncol1 = 0.9\n")
    enrol(root, BROKER_HOST="10.0.0.9")
    assert read_settings(state(root) / "settings.toml").bed is not None
    assert "address 10.0.0.9:8883" in (state(root) / "mosquitto.conf").read_text("utf-8")


SLIPS = {
    "no device": ({"DEVICE": ""}, "DEVICE 未填写"),
    "no broker": ({"BROKER_HOST": ""}, "BROKER_HOST 未填写"),
    "a command": ({"BROKER_HOST": "$(reboot)"}, "BROKER_HOST 含有不允许的字符"),
    "a line of another program": ({"AGENCY": "a|w /etc/passwd"}, "AGENCY 含有不允许的字符"),
    "a topic": ({"AGENCY": "a/b"}, "DEVICE、AGENCY 应为"),
    "a host with its port": ({"BROKER_HOST": "broker.example.org:8883"}, "the port belongs in"),
    "an address with its kind": ({"BROKER_HOST": "mqtt://broker"}, "BROKER_HOST 应为名称（字母"),
    "a port in words": ({"BROKER_PORT": "tls"}, "BROKER_PORT 不是端口"),
    "a port that nobody has": ({"BROKER_PORT": "99999"}, "BROKER_PORT 不是端口，应为 1 至 65535"),
    "no port at all": ({"BROKER_PORT": "0"}, "BROKER_PORT 不是端口"),
    "a port with zeros": ({"BROKER_PORT": "007"}, "BROKER_PORT 不是端口"),
    "a place beyond the pole": ({"LATITUDE": "131.2", "LONGITUDE": "31.2"}, "LATITUDE、LONGITUDE"),
    "a place just beyond the pole": ({"LATITUDE": "-90.01", "LONGITUDE": "31.2"}, "LATITUDE、LONGITUDE"),
    "a place once around": ({"LATITUDE": "31.2", "LONGITUDE": "181"}, "LATITUDE、LONGITUDE"),
    "a place with zeros": ({"LATITUDE": "031.2", "LONGITUDE": "121.5"}, "LATITUDE、LONGITUDE"),
    "a name that is no line": ({"LD_PRELOAD": "/x.so"}, "没有 'LD_PRELOAD' 这一行"),
    "two names in one": ({"DEVICE AGENCY": "a"}, "没有 'DEVICE AGENCY' 这一行"),
    "a value without end": ({"TIME_SERVERS": "t" * 201}, "TIME_SERVERS 含有不允许的字符，或过长"),
    "a time server with its port": ({"TIME_SERVERS": "t.org:123"}, "TIME_SERVERS 应为主机名"),
    "time servers with a dash between": ({"TIME_SERVERS": "t.org - u.org"}, "IP addresses with spaces between them"),
    "time servers with a comma between": ({"TIME_SERVERS": "t.org,u.org"}, "多个值以空格隔开"),
    "time servers in quotes": ({"TIME_SERVERS": '"t.org u.org"'}, "several values have spaces between them"),
    "a line of chrony's": ({"TIME_SERVERS": "server t.org iburst"}, "不写 server、iburst 等词"),
    "half a place": ({"LATITUDE": "31.2"}, "LATITUDE、LONGITUDE"),
    "a camera that is none": ({"CAMERA": "picture"}, "CAMERA 应为 must be: usb ribbon"),
    "an array that is none": ({"THERMAL": "mlx90641"}, "THERMAL 应为 must be: mlx90640 amg8833"),
    "a line in words": ({"CONTACT_LINE": "GPIO17"}, "CONTACT_LINE 应为 GPIO 编号"),
    "nothing fitted": (
        dict.fromkeys(("CAMERA", "MICROPHONE", "THERMAL", "POSITION"), ""),
        "请填写 CAMERA、MICROPHONE、",
    ),
    "a place in minutes": ({"LATITUDE": "31 13", "LONGITUDE": "121 28"}, "LATITUDE、LONGITUDE"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_site_file_is_one_clear_line_and_nothing_is_written(root: Path, slip: str) -> None:
    changed, words = SLIPS[slip]
    done = enrol(root, **changed)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (state(root) / "settings.toml").exists()
    assert list((state(root) / "device").iterdir()) == []


@pytest.mark.parametrize("again", ["BROKER_HOST=broker.example.com", "BROKER_HOST=broker.example.org", "BROKER_HOST="])
def test_a_line_that_stands_twice_in_the_site_file_is_named_and_nothing_is_written(root: Path, again: str) -> None:
    """Which of the two was meant is the installer's to say."""
    done = enrol(root, "".join(f"{name}={value}\n" for name, value in SITE.items()) + again)
    assert done.returncode == 1
    assert "site.env: BROKER_HOST 写了两次，请只留一行 stands there twice; leave one line of it" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (state(root) / "settings.toml").exists()


def test_a_stick_brings_the_lines_that_a_code_may_bring_and_no_others(root: Path) -> None:
    refused = enrol(root, "PATH=/tmp\n")
    assert refused.stderr.rpartition("there are: ")[2].split() == [*SiteName]


@pytest.mark.parametrize(
    "place", [("90", "-180"), ("-90.0", "180.00"), ("0", "0"), ("-0.5", "99.999"), ("89.9", "179.9")]
)
def test_every_place_on_earth_is_one_for_stick_code_and_settings(root: Path, place: tuple[str, str]) -> None:
    latitude, longitude = place
    done = enrol(root, LATITUDE=latitude, LONGITUDE=longitude, BROKER_PORT="65535")
    assert done.returncode == 0, done.stderr
    settings = read_settings(state(root) / "settings.toml")
    assert settings.site is not None
    assert (settings.site.latitude_deg, settings.site.longitude_deg) == (float(latitude), float(longitude))
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    brought = {SiteName(name): value for name, value in SITE.items()}
    place_of_site = {SiteName.LATITUDE: latitude, SiteName.LONGITUDE: longitude, SiteName.BROKER_PORT: "65535"}
    pack_site(SiteCode(brought | place_of_site, key))


JUNK = {"empty": "", "a page": "<html>", "halved": '{"kty":"OKP","crv":"Ed', "another kind": '{"kty":"RSA","n":"a"}'}


def everything(folder: Path) -> dict[Path, bytes]:
    return {place: place.read_bytes() for place in folder.rglob("*") if place.is_file()}


@pytest.mark.parametrize("case", JUNK)
def test_what_is_no_server_key_on_a_stick_is_refused_before_anything_is_changed(root: Path, case: str) -> None:
    (root / "stick").mkdir()
    (root / "stick" / "server.jwk.json").write_text(JUNK[case])
    for _ in ("a new device", "one that is enrolled"):
        before = everything(state(root))
        done = enrol(root, BROKER_HOST="10.0.0.9")
        assert done.returncode == 1
        assert "server.jwk.json 不是服务器公钥，什么都没有改动" in done.stderr
        assert "have the administrator write it again, ingest-server key > server.jwk.json" in done.stderr
        assert everything(state(root)) == before
        (root / "stick" / "server.jwk.json").write_text(json.dumps(_some_key()))
        assert enrol(root).returncode == 0
        (root / "stick" / "server.jwk.json").write_text(JUNK[case])


def _some_key() -> dict[str, str]:
    return public_jwk(Ed25519PrivateKey.generate().public_key())


def test_who_is_not_root_is_told_so_and_of_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_before(root, monkeypatch, id="echo 1000")
    (root / "stick").mkdir()
    script = root / "usr/local/sbin/carewitness-enrol"
    for words in ([root / "stick"], ["--scan"], ["--show"]):
        done = subprocess.run([script, *words], capture_output=True, text=True, timeout=20, check=False)
        told = "carewitness-enrol: 错误 error: 什么都没有改动；请用 sudo 运行 nothing was changed; run this with sudo\n"
        assert (done.returncode, done.stderr) == (1, told)


@pytest.mark.parametrize("program", [None, "#!/bin/sh\nexit 1\n", "#!/no/such/python\n"])
def test_a_program_that_cannot_run_is_no_bad_key(root: Path, program: str | None) -> None:
    (root / "stick").mkdir()
    (root / "stick" / "server.jwk.json").write_text(json.dumps(_some_key()))
    (root / "edge-agent").unlink()
    if program is not None:
        (root / "edge-agent").write_text(program)
        (root / "edge-agent").chmod(0o755)
    before = everything(state(root))
    done = enrol(root)
    assert done.returncode == 1
    assert "edge-agent 不存在或不能运行，什么都没有改动" in done.stderr
    assert "server.jwk.json" not in done.stderr
    assert everything(state(root)) == before


def test_a_damaged_server_key_is_told_and_mended_by_a_stick_that_brings_it_again(root: Path) -> None:
    enrol(root)
    stick, key, held = root / "stick", json.dumps(_some_key()), state(root) / "device" / "server.jwk.json"
    _issue(Authority.new(), stick)
    held.write_bytes(b"")
    told = enrol(root)
    assert "server.jwk.json is not a trusted party's key" in told.stderr
    assert "run this again with" in told.stderr
    assert held.read_bytes() == b""
    (stick / "server.jwk.json").write_text(key)
    enrol(root)
    assert json.loads(held.read_text()) == json.loads(key)
    done = enrol(root)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_installer_is_told_the_fingerprint_that_the_server_shows_of_the_key(root: Path, tmp_path: Path) -> None:
    done = enrol(root)
    told = done.stderr.rpartition("密钥指纹 key fingerprint ")[2].strip()
    imported = ["import", str(root / "stick" / "device-1.request.json"), "--data-dir", str(tmp_path / "var")]
    shown = CliRunner().invoke(devices.app, imported)
    assert f"device-1: 密钥指纹 · key fingerprint {told}\n" in shown.output
    assert told == fingerprint(open_identity(state(root) / "device").key.public_key().public_bytes_raw())


def test_a_file_from_another_system_s_editor_is_read(root: Path) -> None:
    lines = "".join(f"{name}={value}\r\n" for name, value in SITE.items())
    done = enrol(root, f"# 设备\r\n\r\n{lines.rstrip()}")
    assert done.returncode == 0, done.stderr
    assert (state(root) / "site.env").read_text("utf-8").splitlines()[0] == "AGENCY=agency-a"


def _encoded(file: Path, encoding: str) -> None:
    file.write_bytes("\ufeffDEVICE=device-1\n".encode(encoding))


UNREADABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "none": (lambda _: None, "site.env 不存在；请放进填好的 site.env is missing"),
    "a folder": (lambda file: file.mkdir(), "site.env 是文件夹，应为文件"),
    "a failing disk": (lambda file: file.symlink_to("/proc/self/mem"), "site.env 读不出；请重新复制 cannot be read"),
    "UTF-16": (lambda file: _encoded(file, "utf-16-le"), "site.env: 不是 UTF-8，请另存为 UTF-8 is UTF-16"),
    "UTF-16, the other way round": (lambda file: _encoded(file, "utf-16-be"), "请另存为 UTF-8 is UTF-16"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_site_file_that_cannot_be_read_is_told_for_what_it_is(root: Path, case: str) -> None:
    make, words = UNREADABLE[case]
    (root / "stick").mkdir()
    make(root / "stick" / "site.env")
    done = carewitness_enrol(root, root / "stick")
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (state(root) / "settings.toml").exists()


def test_the_site_file_that_ships_says_what_is_to_be_filled_in(root: Path) -> None:
    done = enrol(root, (CONFIG / "site.env").read_text("utf-8"))
    assert done.returncode == 1
    assert "DEVICE 未填写 is not filled in" in done.stderr


def test_a_site_file_that_is_not_filled_in_ends_the_installation_before_anything_is_written(tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    (card / "firmware_config").symlink_to(CONFIG)
    (card / "release.jwk.json").write_text("{}")
    shutil.copy(CONFIG / "site.env", card)
    done = install(tmp_path / "system", card)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "DEVICE 未填写 is not filled in" in done.stderr
    assert not (tmp_path / "system").exists()


def test_a_request_that_a_power_cut_halved_is_written_whole_by_the_next_run(root: Path) -> None:
    enrol(root)
    request = state(root) / "request.json"
    whole = request.read_bytes()
    request.unlink()
    (state(root) / "request.json.new").write_bytes(whole[:40])
    assert enrol(root).returncode == 0
    assert request.read_bytes() == (root / "stick" / "device-1.request.json").read_bytes() == whole


def put_before(root: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    """Programs of these names come before the system's."""
    tools = root / "tools"
    tools.mkdir(exist_ok=True)
    for name, does in programs.items():
        (tools / name).write_text(f"#!/bin/bash\n{does}\n", "utf-8")
        (tools / name).chmod(0o755)
    if not os.environ["PATH"].startswith(f"{tools}:"):
        monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")


def test_a_program_that_fails_leaves_nothing_that_is_made_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_at_requests = 'if [ "$1" = req ]; then echo half; exit 1; fi; exec /usr/bin/openssl "$@"'
    put_before(root, monkeypatch, openssl=fails_at_requests)
    done = enrol(root)
    assert done.returncode == 1
    assert "tls/device.csr 没有写成" in done.stderr
    assert not list((state(root) / "tls").glob("device.csr*"))
    put_before(root, monkeypatch, openssl='exec /usr/bin/openssl "$@"')
    assert enrol(root).returncode == 0
    assert b"BEGIN CERTIFICATE REQUEST" in (root / "stick" / "device-1.csr").read_bytes()


def test_settings_of_which_a_part_is_missing_are_not_made(root: Path) -> None:
    shipped = root / "usr/local/lib/carewitness/settings.toml"
    text = shipped.read_bytes()
    shipped.unlink()
    done = enrol(root)
    assert done.returncode == 1
    assert "settings.toml 没有写成" in done.stderr
    assert not list(state(root).glob("settings.toml*"))
    shipped.write_bytes(text)
    assert enrol(root).returncode == 0
    assert read_settings(state(root) / "settings.toml").camera is not None


def test_a_fingerprint_that_nobody_would_compare_is_refused(root: Path) -> None:
    enrol(root)
    before = everything(state(root))
    done = carewitness_enrol(root, root / "stick", "--fingerprint", "1234 1234 1234 1234 1234 1234")
    assert done.returncode == 1
    assert "--fingerprint 只用于 --scan" in done.stderr
    assert everything(state(root)) == before


def test_an_empty_file_is_none_and_is_made_anew(root: Path) -> None:
    enrol(root)
    made_once = [state(root) / "settings.toml", state(root) / "tls" / "device.csr"]
    for file in made_once:
        file.write_bytes(b"")
    assert enrol(root).returncode == 0
    assert all(file.stat().st_size for file in made_once)


def test_a_site_without_time_servers_is_enrolled_all_the_same(root: Path) -> None:
    done = enrol(root, TIME_SERVERS="")
    assert done.returncode == 0, done.stderr
    written = (state(root) / "system" / "chrony" / "carewitness.sources").read_text("utf-8")
    assert all(line.startswith("#") for line in written.splitlines())


def test_no_link_leads_what_root_writes_elsewhere(root: Path) -> None:
    """On a stick, and in folders of users who have fewer rights."""
    victim, stick = root / "victim", root / "stick"
    stick.mkdir()
    victim.write_bytes(b"as it was")
    chrony = state(root) / "system" / "chrony"
    for place in (stick / "device-1.csr", stick / "device-1.request.json.new", chrony / "carewitness.sources.new"):
        place.symlink_to(victim)
    done = enrol(root)
    assert done.returncode == 0, done.stderr
    assert victim.read_bytes() == b"as it was"
    assert b"BEGIN CERTIFICATE REQUEST" in (stick / "device-1.csr").read_bytes()


# Stands in for coreutils' sync and mv, and writes down what each was given, once it is done.
_NOTED = '/usr/bin/{0} "$@" && echo "{0} $*" >> {1}'


def test_what_enrolment_writes_is_on_the_disk_before_it_takes_its_place_and_its_folder_after(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_before(root, monkeypatch, **{tool: _NOTED.format(tool, root / "noted") for tool in ("sync", "mv")})
    enrol(root)
    noted = (root / "noted").read_text("utf-8").splitlines()
    own = state(root)
    stick = [root / "stick" / name for name in ("device-1.request.json", "device-1.csr")]
    for file in (
        *stick,
        *(own / name for name in ("settings.toml", "request.json", "mosquitto.conf", "tls/device.key")),
    ):
        at = noted.index(f"sync {file}.new")
        assert noted[at : at + 3] == [f"sync {file}.new", f"mv -f {file}.new {file}", f"sync {file.parent}"]


def test_installing_twice_changes_nothing(root: Path) -> None:
    def everything() -> dict[str, bytes]:
        places = [place for folder in ("etc", "usr", "boot") for place in (root / folder).rglob("*") if place.is_file()]
        return {str(place): place.read_bytes() for place in places}

    before = everything()
    assert install(root, root / "card").returncode == 0
    assert everything() == before
    assert (root / "etc" / "fstab").read_text("utf-8").count("LABEL=carewitness-data") == 1
