"""What each line of ``site.env`` may say.

``carewitness-enrol`` holds a device to the same, before it has a Python package: both are given one table of values,
and must judge alike (``tests/appliance/test_site_lines.py``).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from visit_record.bilingual import Words
from visit_record.errors import InvalidCodeError
from visit_record.record import IDENTIFIER


class SiteName(StrEnum):
    """The lines of ``site.env``. Others would reach the environment of programs that read the file, and are refused."""

    DEVICE = "DEVICE"
    AGENCY = "AGENCY"
    BROKER_HOST = "BROKER_HOST"
    BROKER_PORT = "BROKER_PORT"
    TIME_SERVERS = "TIME_SERVERS"
    LATITUDE = "LATITUDE"
    LONGITUDE = "LONGITUDE"
    CAMERA = "CAMERA"
    MICROPHONE = "MICROPHONE"
    THERMAL = "THERMAL"
    POSITION = "POSITION"
    CONTACT_LINE = "CONTACT_LINE"
    ACCELEROMETER = "ACCELEROMETER"
    UPDATES_FROM = "CAREWITNESS_UPDATES_FROM"


class Line(NamedTuple):
    """A value's pattern, and what it must be, in words."""

    pattern: re.Pattern[str]
    must_be: Words


def _line(pattern: str, zh: str, en: str) -> Line:
    return Line(re.compile(pattern), Words(zh, en))


# What is written here ends up in settings of other programs.
_VALUE: Final = re.compile(r"[A-Za-z0-9._:/ -]{0,200}")
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"
_HOST: Final = rf"{_LABEL}(\.{_LABEL})*"
_HEX: Final = "[0-9A-Fa-f]{1,4}"
# Eight groups, or fewer about one gap.
_IPV6: Final = "|".join(
    [
        f"({_HEX}:){{7}}{_HEX}",
        f"({_HEX}:){{1,7}}:",
        *(f"({_HEX}:){{1,{before}}}(:{_HEX}){{1,{7 - before}}}" for before in range(1, 7)),
        f":(:{_HEX}){{1,7}}",
    ]
)
_HOST_OR_IP: Final = f"({_HOST}|{_IPV6})"
# chrony.conf's words about a server.
_SERVER: Final = rf"(?!(?i:server|pool|iburst|prefer)(?: |$)){_HOST_OR_IP}"
_PORT: Final = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
# Names of files and topics, too.
_NAME: Final = _line(
    IDENTIFIER.pattern,
    "1 至 64 个字母、数字和 . _ -，以字母或数字开头",
    "1 to 64 letters, digits, . _ and -, and begin with a letter or digit",
)
_PLACE: Final = Words("十进制度（不超过 90、180），或都留空", "decimal degrees, up to 90 and 180, or both be empty")
LINES: Mapping[SiteName, Line] = MappingProxyType(
    {
        SiteName.DEVICE: _NAME,
        SiteName.AGENCY: _NAME,
        SiteName.BROKER_HOST: _line(
            _HOST_OR_IP,
            "名称（字母、数字、. _ -）或地址，端口写在 BROKER_PORT",
            "a name of letters, digits, . _ and -, or an address; its port belongs in BROKER_PORT",
        ),
        SiteName.BROKER_PORT: _line(_PORT, "1 至 65535，不以 0 开头", "1 to 65535, and not begin with 0"),
        # chrony adds the port; what has a colon is an address to carewitness-allow, which opens no name server for it.
        SiteName.TIME_SERVERS: _line(
            rf" *{_SERVER}( +{_SERVER})* *",
            "主机名（字母、数字、. _ -）或 IP 地址，以空格隔开，不带端口，不写 server、iburst 等词；没有就留空",
            "names of hosts (letters, digits, . _ and -) or IP addresses with spaces between them, without ports and "
            "words as server or iburst, or empty: there is none",
        ),
        SiteName.LATITUDE: Line(re.compile(r"-?(([0-9]|[1-8][0-9])(\.[0-9]+)?|90(\.0+)?)"), _PLACE),
        SiteName.LONGITUDE: Line(re.compile(r"-?(([0-9]|[1-9][0-9]|1[0-7][0-9])(\.[0-9]+)?|180(\.0+)?)"), _PLACE),
        SiteName.CAMERA: _line("usb|ribbon", "usb 或 ribbon，没有就留空", "usb or ribbon, or empty: there is none"),
        SiteName.MICROPHONE: _line("usb", "usb，没有就留空", "usb, or empty: there is none"),
        SiteName.THERMAL: _line(
            "mlx90640|amg8833", "mlx90640 或 amg8833，没有就留空", "mlx90640 or amg8833, or empty: there is none"
        ),
        SiteName.POSITION: _line("gps", "gps，没有就留空", "gps, or empty: there is none"),
        SiteName.CONTACT_LINE: _line(
            "[0-9]{1,2}", "GPIO 编号，没有就留空", "the number of a GPIO line, or empty: there is none"
        ),
        SiteName.ACCELEROMETER: _line(
            "[A-Za-z0-9_-]+",
            "/sys/bus/iio/devices 中的名称，没有就留空",
            "its name under /sys/bus/iio/devices, or empty: there is none",
        ),
        # As edge_agent.pulling.address: plain HTTP would let anybody on the way keep releases back.
        SiteName.UPDATES_FROM: _line(
            rf"https://{_HOST}(:{_PORT})?(/[A-Za-z0-9._:/-]*)?",
            "https://主机名/文件夹 这样的地址，http 不行；用 U 盘更新就留空",
            "an address as https://host/folder, never http, or empty: updates come on a stick",
        ),
    }
)
_REQUIRED: Final = (SiteName.DEVICE, SiteName.AGENCY, SiteName.BROKER_HOST)
# A file without these lines is of a device with the whole kit.
_KIT: Final = (SiteName.CAMERA, SiteName.MICROPHONE, SiteName.THERMAL, SiteName.POSITION)


def check_lines(site: Mapping[SiteName, str]) -> None:
    """Refuse what a device would refuse after it has read it.

    Raises:
        InvalidCodeError: a value is missing or outside its bounds.
    """
    for name, value in site.items():
        if not _VALUE.fullmatch(value):
            raise _refused(
                f"{name} 只能有字母、数字、空格和 . _ : / -，不超过 200 个",
                f"{name} may have up to 200 letters, digits, spaces and . _ : / - alone",
            )
    for name in _REQUIRED:
        if not site.get(name):
            raise _refused(f"没有 {name}，请填写", f"{name} is not named; fill it in")
    for name, value in site.items():
        if value and not LINES[name].pattern.fullmatch(value):
            raise _must_be(name, LINES[name].must_be)
    _check_together(site)


def _check_together(site: Mapping[SiteName, str]) -> None:
    if bool(site.get(SiteName.LATITUDE)) != bool(site.get(SiteName.LONGITUDE)):
        raise _must_be(SiteName.LATITUDE, _PLACE)
    if not any(site.get(name, "the kit's") for name in _KIT):
        raise _refused(
            "没有装任何传感器，请填写 CAMERA、MICROPHONE、THERMAL 或 POSITION",
            "nothing is fitted; name a CAMERA, MICROPHONE, THERMAL or POSITION",
        )


def _must_be(name: SiteName, words: Words) -> InvalidCodeError:
    place = SiteName.LATITUDE, SiteName.LONGITUDE
    zh, en = ("、".join(place), " and ".join(place)) if name in place else (name, name)
    return _refused(f"{zh} 应为：{words.zh}", f"{en} must be {words.en}")


def _refused(zh: str, en: str) -> InvalidCodeError:
    return InvalidCodeError(en, f"登记码：{zh}")
