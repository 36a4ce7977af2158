"""Turning values into pages: the templates, and how numbers, times and words are written."""

from base64 import b64encode
from enum import StrEnum
from functools import cache

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ingest_server.scoring.verdict import DOUBTED
from ingest_server.web.formats import length_of_time, local_time, percent, signed, yuan
from ingest_server.web.parts import parts_of
from ingest_server.web.words import said, said_of_item
from ingest_server.words.bilingual import Words
from ingest_server.words.evidence import said_of_evidence


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page, with the viewer (or ``None``) for its head."""
    zone = parts_of(request).zone
    always = {"viewer": getattr(request.state, "viewer", None), "local": local_time(zone), "zone": zone.key}
    return HTMLResponse(environment().get_template(template).render(always | values), status)


@cache
def environment() -> Environment:
    """The templates. A name that is missing is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("ingest_server.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"said": both, "percent": percent, "signed": signed, "length": length_of_time, "yuan": yuan}
    made.filters |= {"evidence": lambda id_: both(said_of_evidence(id_)), "item": lambda id_: both(said_of_item(id_))}
    made.globals["DOUBTED"] = DOUBTED
    made.filters |= {"many": len, "base64": _base64, "words": said}
    return made


def both(meaning: Words | StrEnum) -> Markup:
    """Chinese, and English beside it."""
    words = said(meaning) if isinstance(meaning, StrEnum) else meaning
    return Markup('<span class="zh">{}</span> <span class="en" lang="en">{}</span>').format(words.zh, words.en)


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
