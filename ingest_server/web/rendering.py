"""Turning values into pages: the templates, and how numbers, times and words are written."""

from base64 import b64encode
from collections.abc import Callable
from enum import StrEnum
from functools import cache, partial

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ingest_server.fleet.told import Link
from ingest_server.scoring.verdict import DOUBTED
from ingest_server.web.formats import local_time, percent, signed
from ingest_server.web.language import tongue_of, way_back
from ingest_server.web.parts import parts_of
from ingest_server.web.tongue import Tongue, length_words
from ingest_server.web.words import said, said_of_item, said_of_told
from ingest_server.words.bilingual import Words
from ingest_server.words.evidence import said_of_evidence
from ingest_server.words.sources import said_of_note, said_of_source
from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import Modality


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page in its reader's language, with the viewer (or ``None``) for its head."""
    parts = parts_of(request)
    always = {"viewer": getattr(request.state, "viewer", None), "now_ms": parts.now_ms()}
    always |= {"local": local_time(parts.zone), "zone": parts.zone.key}
    always |= {"way_back": way_back(request), "path": request.url.path}
    return HTMLResponse(environment(tongue_of(request)).get_template(template).render(always | values), status)


@cache
def environment(tongue: Tongue) -> Environment:
    """The templates in one language. A name that is missing is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("ingest_server.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"DOUBTED": DOUBTED, "tongue": tongue, "tongues": tuple(Tongue), "SENSES": tuple(Modality)}
    made.globals |= {"say": tongue.say, "words": Words}
    made.globals |= {name: _of_two(said) for name, said in {"label": tongue.label, "lead": tongue.lead}.items()}
    made.filters |= {"said": tongue.said, "label": tongue.label, "lead": tongue.lead, "beside": tongue.beside}
    made.filters |= {"evidence": lambda id_: tongue.said(said_of_evidence(id_))}
    made.filters |= {"source": lambda source: tongue.said(said_of_source(source))}
    made.filters |= {"note": lambda note: _told(tongue, said_of_note(note))}
    made.filters |= {"item": lambda id_: tongue.said(said_of_item(id_))}
    told = {"part": Part, "sensor_state": SensorState, "part_fault": Fault, "sense": Modality, "link": Link}
    made.filters |= {name: partial(_told_word, tongue, kind) for name, kind in told.items()}
    made.filters |= {"part_label": lambda named: tongue.label(said_of_told(Part, named))}
    made.filters |= {
        "number": tongue.number,
        "yuan": tongue.yuan,
        "length": tongue.length,
        "length_words": length_words,
    }
    made.filters |= {"percent": percent, "signed": signed, "many": len, "base64": _base64}
    return made


def compile_templates() -> None:
    """Compile every template in both languages, half a second for which whoever asked first would wait."""
    templates = environment(Tongue.BOTH)
    for name in templates.list_templates():
        templates.get_template(name)


def _of_two(said: Callable[[Words], str]) -> Callable[[str, str], str]:
    return lambda zh, en: said(Words(zh, en))


def _told(tongue: Tongue, told: Words | str) -> str:
    return tongue.said(told) if isinstance(told, Words) else told


def _told_word(tongue: Tongue, kind: type[StrEnum], told: str) -> str:
    if told in list(kind):
        return tongue.said(said(kind(told)))
    # A word of its own, which may read from right to left, turns nothing around that stands beside it.
    return Markup("<bdi>{}</bdi>").format(told)


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
