"""What ships as settings, by the checks of the programs that read them; and that nothing is said in two places."""

import os
import pwd
import re
import subprocess
import sys
import time
from ctypes.util import find_library
from pathlib import Path

import pytest

from edge_agent.machine import FirmwareWord, throttled
from tests.appliance.brokers import CONFIG
from tests.appliance.installed import installed
from tests.appliance.unit_files import required, settings

UNITS = sorted((CONFIG / "systemd").glob("*.service"))
# Of 10: the higher, the more a service that was taken over could do (systemd-analyze security).
MOST_EXPOSURE = {
    "carewitness-agent": 2.0,
    "carewitness-judge": 2.0,
    "carewitness-update": 2.5,
    "carewitness-allow": 2.5,
    "carewitness-retention": 2.0,
    "carewitness-firmware": 2.0,
    "carewitness-again": 2.5,
    # A browser makes namespaces, and runs what it has just compiled.
    "carewitness-kiosk": 2.5,
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system's root with everything that the units name."""
    place = installed(tmp_path_factory.mktemp("system"))
    for program in ("usr/bin/cage", "usr/bin/chromium", "usr/bin/curl", "usr/bin/touch", "usr/bin/sh", "bin/sh"):
        _program(place / program)
    for link in ("current", "proven"):
        _program(place / "var/lib/carewitness/releases" / link / "venv/bin/edge-agent")
    return place


def _program(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    place.chmod(0o755)


def test_systemd_finds_nothing_wrong_with_the_units(root: Path) -> None:
    analyze = required("systemd-analyze", "systemd")
    names = [place.name for place in (root / "etc/systemd/system").glob("carewitness-*")]
    assert len(names) >= len(UNITS)
    # What the system's own units want is not in this root.
    command = [analyze, "verify", "--recursive-errors=no", "--man=no", f"--root={root}", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "carewitness" in line]
    assert (ours, done.returncode) == ([], 0), done.stderr


def test_a_misspelt_setting_would_be_found(root: Path) -> None:
    analyze = required("systemd-analyze", "systemd")
    broken = root / "etc/systemd/system" / "carewitness-broken.service"
    broken.write_text("[Service]\nExecStart=/usr/bin/nothing-here\nWatchdogSecs=3\n")
    command = [analyze, "verify", "--recursive-errors=no", "--man=no", f"--root={root}", broken.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    broken.unlink()
    assert done.returncode != 0
    assert "WatchdogSecs" in done.stderr


@pytest.mark.parametrize("unit", MOST_EXPOSURE)
def test_a_service_that_was_taken_over_can_do_little(unit: str) -> None:
    analyze = required("systemd-analyze", "systemd")
    place = CONFIG / "systemd" / f"{unit}.service"
    done = subprocess.run(
        [analyze, "security", "--offline=true", str(place)], capture_output=True, text=True, check=True
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout
    assert float(found[1]) <= MOST_EXPOSURE[unit]


def test_the_agent_reaches_sensors_and_no_other_device() -> None:
    given = list(settings(CONFIG / "systemd" / "carewitness-agent.service"))
    assert ("DevicePolicy", "closed") in given
    allowed = {value.split()[0] for name, value in given if name == "DeviceAllow"}
    kinds = {"video4linux", "media", "dma_heap", "alsa", "i2c", "gpiochip", "ttyAMA", "ttyS", "ttyACM", "ttyUSB"}
    assert allowed == {f"char-{kind}" for kind in kinds}


def test_a_sensor_that_is_plugged_in_after_the_agent_has_started_is_allowed_too() -> None:
    """systemd looks a kind up in /proc/devices when the service starts, where it stands once its module is loaded."""
    loaded = (CONFIG / "root" / "modules.conf").read_text("utf-8").splitlines()
    assert {"i2c-dev", "mc", "videodev", "snd", "cdc-acm", "usbserial"} <= set(loaded)


def test_the_agent_can_write_neither_its_program_nor_its_settings() -> None:
    given = list(settings(CONFIG / "systemd" / "carewitness-agent.service"))
    assert [value for name, value in given if name == "ReadWritePaths"] == ["/var/lib/carewitness/device"]
    assert ("ProtectSystem", "strict") in given


def test_services_that_restart_have_a_limit() -> None:
    for unit in UNITS:
        given = dict(settings(unit))
        if given.get("Restart") == "always":
            assert {"StartLimitIntervalSec", "StartLimitBurst", "RestartSec"} <= given.keys(), unit


def test_the_page_of_the_screen_has_its_port_in_one_place() -> None:
    port = re.search(r"^CAREWITNESS_KIOSK_PORT=(\d+)$", (CONFIG / "appliance.env").read_text("utf-8"), re.MULTILINE)
    assert port
    elsewhere = [
        place
        for place in CONFIG.rglob("*")
        if place.is_file() and re.search(rf"\b{port[1]}\b", place.read_text("utf-8"))
    ]
    assert elsewhere == [CONFIG / "appliance.env"]


def test_udev_takes_the_rules() -> None:
    udevadm = required("udevadm", "udev")
    if "verify" not in subprocess.run([udevadm, "--help"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("this udevadm has no `verify`; systemd 254 or newer has")
    subprocess.run([udevadm, "verify", str(CONFIG / "udev" / "70-carewitness.rules")], check=True, capture_output=True)


def test_udev_rules_name_a_group_for_every_kind_of_sensor() -> None:
    rules = (CONFIG / "udev" / "70-carewitness.rules").read_text("utf-8")
    lines = [line for line in rules.splitlines() if line and not line.startswith("#")]
    form = re.compile(r'^(?:[A-Z]+(?:\{\w+\})?(?:==|\+=|=)"[^"]*"(?:, |$))+$')
    assert [line for line in lines if not form.match(line)] == []
    assert set(re.findall(r'GROUP="(\w+)"', rules)) == {"video", "audio", "i2c", "gpio", "dialout"}
    agent = dict(settings(CONFIG / "systemd" / "carewitness-agent.service"))
    assert set(agent["SupplementaryGroups"].split()) == {"video", "audio", "i2c", "gpio", "dialout"}


def test_no_rule_asks_a_sound_card_for_what_it_learns_later() -> None:
    """ID_BUS of card* is imported by 78-sound-card.rules, of video* by 60-persistent-v4l.rules."""
    rules = (CONFIG / "udev" / "70-carewitness.rules").read_text("utf-8")
    (card,) = (line for line in rules.splitlines() if 'ATTR{id}="carewitness"' in line)
    assert "ENV{" not in card
    assert 'SUBSYSTEMS=="usb"' in card


# A card with one rate and two channels of its own, in the place of the microphone.
_CARD = """
pcm.nothing {{ type null }}
pcm.card {{ type share slave {{ pcm "nothing" rate 48000 format S16_LE channels 2 }} bindings {{ 0 0 1 1 }} }}
{asound}
"""
# As arecord -D carewitness -f S16_LE -r 16000 would: 1 is capture, 2 is S16_LE, 3 is access by reading (asoundlib.h).
_LISTEN = """
import ctypes, sys
alsa, card = ctypes.CDLL(sys.argv[1]), ctypes.c_void_p()
assert alsa.snd_pcm_open(ctypes.byref(card), b"carewitness", 1, 0) == 0
assert alsa.snd_pcm_set_params(card, 2, 3, 1, 16000, 1, 500000) == 0
"""


def test_the_microphone_is_heard_at_16_khz_whatever_its_card_can_do(tmp_path: Path) -> None:
    library, system = find_library("asound"), Path("/usr/share/alsa/alsa.conf")
    if library is None or not system.exists():
        pytest.skip("ALSA is not installed; apt install libasound2")
    asound = (CONFIG / "audio" / "asound.conf").read_text("utf-8").replace("hw:carewitness,0", "card")
    (tmp_path / "asound.conf").write_text(_CARD.format(asound=asound))
    told = os.environ | {"ALSA_CONFIG_PATH": f"{system}:{tmp_path / 'asound.conf'}"}
    command = [sys.executable, "-c", _LISTEN, library]
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


CMDLINES = {
    "as it ships": "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootwait quiet\n",
    "in the middle": "console=tty1 console=ttyAMA0 root=PARTUUID=1-02 rootwait quiet\n",
    "none": "console=tty1 root=PARTUUID=1-02 rootwait quiet\n",
}


@pytest.mark.parametrize("case", CMDLINES)
def test_no_console_talks_to_the_receiver_on_the_header(tmp_path: Path, case: str) -> None:
    line = tmp_path / "system" / "boot" / "firmware" / "cmdline.txt"
    line.parent.mkdir(parents=True)
    line.write_text(CMDLINES[case])
    installed(tmp_path / "system")
    assert line.read_text().split() == ["console=tty1", "root=PARTUUID=1-02", "rootwait", "quiet"]
    assert line.read_text().startswith("console=tty1")


def test_a_receiver_on_the_header_has_the_name_that_gpsd_is_given_unless_one_is_plugged_in() -> None:
    script = (CONFIG / "bin" / "carewitness-install").read_text("utf-8")
    given = re.search(r'DEVICES="/dev/([^"]+)"', script)
    assert given
    rules = (CONFIG / "udev" / "70-carewitness.rules").read_text("utf-8").splitlines()
    named = [line for line in rules if f'SYMLINK+="{given[1]}"' in line]
    (header,) = (line for line in named if 'KERNEL=="ttyAMA0"' in line)
    assert 'OPTIONS+="link_priority=-10"' in header
    assert all("link_priority" not in line for line in named if line != header)


def test_nftables_takes_the_rules() -> None:
    nft = required("nft", "nftables")
    done = subprocess.run(
        [nft, "-c", "-f", str(CONFIG / "nftables" / "carewitness.nft")], capture_output=True, text=True, check=False
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip("nft checks rules for root alone")
    if "_chrony" in done.stderr:
        pytest.skip("the rules name chrony's user; apt install chrony")
    assert done.returncode == 0, done.stderr


def test_chrony_takes_its_settings(tmp_path: Path) -> None:
    chronyd = required("chronyd", "chrony")
    text = (CONFIG / "chrony" / "chrony.conf").read_text("utf-8")
    leap = re.search(r"^leapseclist (\S+)$", text, re.MULTILINE)
    assert leap
    assert Path(leap[1]).read_text("ascii").startswith("#"), "tzdata brings it"
    version = re.search(r"version (\d+)\.(\d+)", subprocess.check_output([chronyd, "--version"], text=True))
    assert version
    if (int(version[1]), int(version[2])) < (4, 6):
        # The appliance's has it; an older one is given the rest.
        text = text.replace(leap[0], "")
    (tmp_path / "chrony.conf").write_text(text, "utf-8")
    command = [chronyd, "-p", "-f", str(tmp_path / "chrony.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # It serves nobody and is steered by nobody.
    assert {"port 0", "cmdport 0"} <= set(done.stdout.splitlines())


def test_without_a_battery_the_clock_begins_where_it_was_set_last(root: Path, tmp_path: Path) -> None:
    """A chronyd, started as the installed file says, goes to the time of its driftfile; here it may set no clock."""
    chronyd = required("chronyd", "chrony")
    given = (root / "etc" / "default" / "chrony").read_text("utf-8")
    (options,) = re.findall(r'^DAEMON_OPTS="(.*)"$', given, re.M)
    drift, conf = tmp_path / "chrony.drift", tmp_path / "chrony.conf"
    conf.write_text(f"driftfile {drift}\npidfile {tmp_path / 'pid'}\nbindcmdaddress /\ncmdport 0\nport 0\n")
    drift.write_text("0.0 1.0\n")
    os.utime(drift, (time.time() + 86_400,) * 2)
    settings = ["-f", str(conf), "-u", pwd.getpwuid(os.getuid()).pw_name, "-U", "-x", "-d"]
    done = subprocess.run(
        [chronyd, *settings, *options.split()], capture_output=True, text=True, check=False, timeout=20
    )
    assert "Could not step system clock" in done.stderr, done.stderr


def test_no_script_has_a_slip_that_the_shell_can_see() -> None:
    for script in (CONFIG / "bin").glob("carewitness-*"):
        shell = "bash" if "bash" in script.read_text("utf-8").splitlines()[0] else "sh"
        subprocess.run([shell, "-n", str(script)], check=True)
        assert script.stat().st_mode & 0o111, f"{script.name} cannot be executed"
    for part in (CONFIG / "bin" / "enrolment").iterdir():
        subprocess.run(["bash", "-n", str(part)], check=True)


def test_nothing_hangs_on_a_failure_that_versions_of_systemd_call_at_different_times() -> None:
    assert [unit.name for unit in UNITS if "OnFailure" in dict(settings(unit))] == []


def test_every_timer_is_switched_on_and_goes_on() -> None:
    script = (CONFIG / "bin" / "carewitness-install").read_text("utf-8")
    for timer in (CONFIG / "systemd").glob("*.timer"):
        assert f" {timer.name}" in script, timer.name
        assert {"OnUnitInactiveSec", "OnCalendar"} & dict(settings(timer)).keys(), timer.name


def test_what_is_done_at_night_is_done_after_a_start_too_since_nothing_remembers_when_it_was() -> None:
    for timer in (CONFIG / "systemd").glob("*.timer"):
        given = dict(settings(timer))
        assert "Persistent" not in given, timer.name
        assert "OnBootSec" in given, timer.name
    assert "recurse=0" in (CONFIG / "root" / "overlayroot.local.conf").read_text("utf-8"), "the system keeps nothing"


def test_the_firmwares_word_is_left_whole_or_not_at_all(tmp_path: Path) -> None:
    firmware, place = tmp_path / "vcgencmd", tmp_path / "throttled"
    told = {"PATH": f"{tmp_path}:/usr/bin:/bin", "CAREWITNESS_FIRMWARE": str(place)}
    for does, left in (("echo throttled=0x50005", 0x50005), ("echo throttled=0x0; exit 1", 0x50005)):
        _program(firmware)
        firmware.write_text(f"#!/bin/sh\n{does}\n")
        script = str(CONFIG / "bin" / "carewitness-firmware")
        done = subprocess.run([script], env=told, capture_output=True, text=True, check=False)
        assert throttled(FirmwareWord(place)) == left
        assert ("vcgencmd 没有答复" in done.stderr) is (done.returncode == 1) is ("exit 1" in does)


def test_the_firmwares_word_lies_where_the_agent_may_look() -> None:
    """What a unit with DynamicUser= keeps in /run lies in /run/private, which is root's alone (systemd.exec(5))."""
    unit = dict(settings(CONFIG / "systemd" / "carewitness-firmware.service"))
    assert "DynamicUser" not in unit
    assert unit["UMask"] == "0022"
    agreed = (CONFIG / "appliance.env").read_text("utf-8")
    assert f"CAREWITNESS_FIRMWARE=/run/{unit['RuntimeDirectory']}/" in agreed


def test_every_user_of_ours_is_made() -> None:
    script = (CONFIG / "bin" / "carewitness-install").read_text("utf-8")
    (made,) = re.findall(r"for name in (.*); do\n.*useradd", script)
    assert {dict(settings(unit)).get("User") for unit in UNITS} - {None} == set(made.split())
