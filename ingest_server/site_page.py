"""A site's code, to be held before a device's camera: a page with every part of it, or lines of a terminal. Pure."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visit_record.bilingual import Words
from visit_record.code_parts import CodeKind, CodePart, fingerprint, split
from visit_record.site_code import SiteCode, pack_site
from visit_record.site_lines import SiteName

# 57 modules a side: what a camera of 640 by 480 pixels reads where the code is a third of the picture's width.
PART_BYTES: Final = 170
# What a line without a value says: a part that is not fitted is shown to whoever compares, too.
NONE: Final = "无 · none"

NAMES: Mapping[SiteName, Words] = MappingProxyType(
    {
        SiteName.DEVICE: Words("设备", "device"),
        SiteName.AGENCY: Words("机构", "agency"),
        SiteName.BROKER_HOST: Words("消息代理", "broker"),
        SiteName.BROKER_PORT: Words("端口", "its port"),
        SiteName.TIME_SERVERS: Words("对时服务器", "time servers"),
        SiteName.LATITUDE: Words("纬度", "latitude"),
        SiteName.LONGITUDE: Words("经度", "longitude"),
        SiteName.CAMERA: Words("摄像头", "camera"),
        SiteName.MICROPHONE: Words("麦克风", "microphone"),
        SiteName.THERMAL: Words("热成像", "thermal array"),
        SiteName.POSITION: Words("定位", "position"),
        SiteName.CONTACT_LINE: Words("外壳触点", "case contact"),
        SiteName.ACCELEROMETER: Words("加速度计", "accelerometer"),
        SiteName.UPDATES_FROM: Words("更新来源", "updates from"),
    }
)


def site_page(code: SiteCode) -> str:
    """The page, as HTML that stands alone.

    Raises:
        InvalidCodeError: a value is outside its bounds, or there is too much of it.
    """
    document, parts = _document(code)
    shown = [(NAMES[name], value or NONE) for name, value in code.site.items()]
    drawn = [(part, Markup(_svg(part))) for part in parts]
    page = _environment().get_template("site_page.html")
    return page.render(code=code, shown=shown, drawn=drawn, fingerprint=fingerprint(document))


def site_on_terminal(code: SiteCode) -> str:
    """The same as lines of a terminal of 65 columns.

    Raises:
        InvalidCodeError: as :func:`site_page`.
    """
    document, parts = _document(code)
    names = [f"{NAMES[name].both}: {value or NONE}" for name, value in code.site.items()]
    return "\n".join([*names, f"指纹 · fingerprint: {fingerprint(document)}", *map(_lines, parts)])


def _document(code: SiteCode) -> tuple[bytes, Sequence[CodePart]]:
    document = pack_site(code)
    return document, split(CodeKind.SITE, document, PART_BYTES)


def _drawn(part: CodePart) -> segno.QRCode:
    return segno.make_qr(part.text, error="m", boost_error=False)


def _svg(part: CodePart) -> str:
    return _drawn(part).svg_inline(border=4, omitsize=True, light="white")


def _lines(part: CodePart) -> str:
    lines = io.StringIO()
    _drawn(part).terminal(out=lines, border=4, compact=True)
    return f"{lines.getvalue()}\n第 {part.number} 个，共 {part.count} 个 · {part.number} of {part.count}\n"


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
