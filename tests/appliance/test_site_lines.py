"""A device and its administrator's server judge each line of ``site.env`` alike: what one draws, the other takes."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from edge_agent.updating.sources import WebSource, source_of
from tests.appliance.brokers import CONFIG
from tests.visit_record.examples import KEY
from visit_record.errors import InvalidCodeError
from visit_record.site_code import SiteCode, pack_site
from visit_record.site_lines import SiteName

Site = Mapping[SiteName, str]
SERVER = KEY.public_key().public_bytes_raw()
SITE: Site = {SiteName.DEVICE: "device-1", SiteName.AGENCY: "agency-a", SiteName.BROKER_HOST: "broker.example.org"}
_NAMES = ("a", "9", "device-1", "A.b_c", "x" * 64), ("", "-a", "a b", "a/b", "x" * 65, "é", "名")
_HOSTS = (
    (
        "b",
        "broker.example.org",
        "my_broker.lan",
        "10.0.0.9",
        "2001:db8::1",
        "::1",
        "1:2:3:4:5:6:7:8",
        "FE80::",
        "1::3:8",
    ),
    (
        *("", "broker-", ".org", "broker:8883", "mqtt://broker", "_b", "a b", "bröker", "a..b", "a.-b", "a."),
        *(
            "::::",
            "::",
            "a:b:c",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7::8",
            "12345::1",
            ":1:2",
        ),
    ),
)
_PORTS = (
    ("", "1", "999", "8883", "9999", "10000", "59999", "64999", "65499", "65529", "65530", "65535"),
    ("0", "007", "65536", "65540", "65600", "66000", "70000", "99999", "100000", "tls", "-1", "1 ", "８８８３"),
)
_SERVERS = (
    (
        *("", "10.0.0.1 t.org", "t" * 200, "ntp_1.lan", "::1", "2001:db8::1  t-1.org 10.0.0.1 9", " t.org "),
        *("pool.ntp.org server.lan", "prefer-1 iburst.org", "::1 " * 49),
    ),
    (
        *(
            "t" * 201,
            "t;reboot",
            "t,u",
            "t.org,u.org",
            "tíme.org",
            "t.org\tu.org",
            " ",
            "t.org u-",
            "-t",
            ".org",
            "t.org /",
        ),
        *("t.org:123", "10.0.0.1:123", "ntp://t.org", "t.org/ntp", "/etc/passwd", "_t", "t.org - u.org", "[::1]"),
        *("server t.org iburst", "t.org Iburst", "pool", "t.org prefer", "::::", "t.org a:b:c", "a..b", "t.org，u.org"),
        *("'t.org'", '"t.org u.org"', "t.org u..org"),
    ),
)
_ADDRESSES = (
    "",
    "https://updates.example.org",
    "https://10.0.0.9:8443/",
    "https://updates_1.lan/r",
    "https://updates.example.org:443/carewitness/arm64_1.0/",
)
_NO_ADDRESSES = (
    "http://updates.example.org/carewitness",
    "http://127.0.0.1:8000",
    "ftp://updates.example.org",
    "https://",
    "https:///carewitness",
    "https://a:0/",
    "https://a:65536/",
    "https://a:/",
    "https://a b/",
    "https://a/b c",
    "https://me:secret@a/",
    "https://a/$(reboot)",
    "HTTPS://a",
    "updates.example.org",
    "/mnt/release",
)
# Each line's values: what is taken, and what is refused.
VALUES: Mapping[SiteName, tuple[tuple[str, ...], tuple[str, ...]]] = {
    SiteName.DEVICE: _NAMES,
    SiteName.AGENCY: _NAMES,
    SiteName.BROKER_HOST: _HOSTS,
    SiteName.BROKER_PORT: _PORTS,
    SiteName.TIME_SERVERS: _SERVERS,
    SiteName.LATITUDE: (
        ("0", "-0.5", "9.99", "31.22", "89.9", "90", "-90.0"),
        ("", "90.01", "-91", "031", "31.", ".5", "+31", "31 13", "1e1", "nan"),
    ),
    SiteName.LONGITUDE: (
        ("0", "-0.5", "99.999", "121.47", "179.9", "180", "-180.00"),
        ("", "180.1", "-181", "0121", "121.", ".5", "121 28", "1e1", "inf"),
    ),
    SiteName.CAMERA: (("", "usb", "ribbon"), ("usbb", "us", "USB", "usb ribbon", "ribbon usb", " ", "/dev/video0")),
    SiteName.MICROPHONE: (("", "usb"), ("usbb", "xlr", "usb usb", " ")),
    SiteName.THERMAL: (("", "mlx90640", "amg8833"), ("mlx90641", "MLX90640", "mlx90640 amg8833", " ")),
    SiteName.POSITION: (("", "gps"), ("gpsd", "galileo", "gps gps", " ")),
    SiteName.CONTACT_LINE: (("", "0", "08", "17", "99"), ("abc", "100", "-1", "GPIO17", "1 ", "1.0")),
    SiteName.ACCELEROMETER: (("", "lis3dh_accel", "a-b"), ("/dev/iio", "a b", "a.b", "a:b", "ä")),
    SiteName.UPDATES_FROM: (_ADDRESSES, _NO_ADDRESSES),
}
_NOTHING = dict.fromkeys((SiteName.CAMERA, SiteName.MICROPHONE, SiteName.THERMAL, SiteName.POSITION), "")
# What lines say together, and whether it is taken.
TOGETHER: Mapping[str, tuple[Site, bool]] = {
    "no more than what must be there": ({}, True),
    "a home": ({SiteName.LATITUDE: "31.2", SiteName.LONGITUDE: "121.4"}, True),
    "no home": ({SiteName.LATITUDE: "", SiteName.LONGITUDE: ""}, True),
    "half a home": ({SiteName.LATITUDE: "31.2"}, False),
    "the other half": ({SiteName.LONGITUDE: "121.4"}, False),
    "a home in one line": ({SiteName.LATITUDE: "31.2/121.4"}, False),
    "nothing fitted": (_NOTHING, False),
    "a contact alone": (_NOTHING | {SiteName.CONTACT_LINE: "17"}, False),
    "an array alone": (_NOTHING | {SiteName.THERMAL: "amg8833"}, True),
    "a kit without a camera": ({SiteName.CAMERA: ""}, True),
}


@pytest.fixture(scope="module")
def locale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a device, whose language is Chinese: there é stands between a and z."""
    folder = tmp_path_factory.mktemp("locale")
    command = ["localedef", "-i", "zh_CN", "-f", "UTF-8", str(folder / "zh_CN.UTF-8")]
    if shutil.which("localedef") is None or subprocess.run(command, check=False).returncode != 0:
        pytest.skip("there is no Chinese locale to be made; apt install locales")
    return {"LOCPATH": str(folder), "LC_ALL": "zh_CN.UTF-8"}


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stick")


def device_takes(stick: Path, site: Site, environment: Mapping[str, str]) -> bool:
    (stick / "site.env").write_text("".join(f"{name}={value}\n" for name, value in site.items()), "utf-8")
    command = [str(CONFIG / "bin" / "carewitness-enrol"), "--check", str(stick)]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) in {(0, 0), (1, 1)}, done.stderr
    assert done.returncode == 0 or "carewitness-enrol: 错误 error: site.env: " in done.stderr
    return done.returncode == 0


def code_takes(site: Site) -> bool:
    try:
        pack_site(SiteCode(dict(site), SERVER))
    except InvalidCodeError:
        return False
    return True


def with_line(name: SiteName, value: str) -> Site:
    """A site with this line; a home has both of its own."""
    home = {SiteName.LATITUDE: "0", SiteName.LONGITUDE: "0"} if name in {"LATITUDE", "LONGITUDE"} else {}
    return {**SITE, **home, name: value}


def test_every_line_has_its_values() -> None:
    assert set(VALUES) == set(SiteName)


@pytest.mark.parametrize("name", SiteName)
def test_a_line_is_taken_or_refused_by_both(name: SiteName, stick: Path, locale: dict[str, str]) -> None:
    taken, refused = VALUES[name]
    wanted = dict.fromkeys(taken, True) | dict.fromkeys(refused, False)
    assert {value: code_takes(with_line(name, value)) for value in wanted} == wanted
    assert {value: device_takes(stick, with_line(name, value), locale) for value in wanted} == wanted


def test_updates_are_fetched_from_every_address_that_a_site_may_name() -> None:
    for address in filter(None, _ADDRESSES):
        assert isinstance(source_of(address), WebSource)


@pytest.mark.parametrize("case", TOGETHER)
def test_lines_are_judged_together_by_both(case: str, stick: Path, locale: dict[str, str]) -> None:
    lines, is_taken = TOGETHER[case]
    assert code_takes({**SITE, **lines}) is is_taken
    assert device_takes(stick, {**SITE, **lines}, locale) is is_taken


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=some.sampled_from(SiteName),
    pieces=some.lists(some.sampled_from([*"01589.:-/_ aé", "usb", "gps", "://", "https"]), max_size=6),
)
def test_what_nobody_thought_of_is_judged_alike(
    name: SiteName, pieces: list[str], stick: Path, locale: dict[str, str]
) -> None:
    site = with_line(name, "".join(pieces))
    assert device_takes(stick, site, locale) is code_takes(site)
