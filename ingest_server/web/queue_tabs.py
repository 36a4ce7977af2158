"""The tabs of the queue, each an address: by band, by the gravest class of exceptions, by order. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.scoring.verdict import Band
from ingest_server.store.visit_counts import MOST_COUNTED
from ingest_server.store.wanted import Order, VisitFilter, Work
from ingest_server.web.own_path import address_of
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.vocabulary import ExceptionClass

ALL: Final = "all"
BANDS: Final = (Band.HOLD, Band.REVIEW, Band.INSUFFICIENT_EVIDENCE, Band.CREDIBLE, None)
EVERYTHING: Final = Words("全部", "all")


class Question(Struct, frozen=True):
    """What the queue is asked for: which visits, and by what they are ordered where that was chosen."""

    wanted: VisitFilter
    order: Order | None = None


class Tab(Struct, frozen=True):
    """A choice among others; ``count`` is empty where nobody counted."""

    words: Words
    address: str
    count: str
    chosen: bool


def band_tabs(asked: Question, counts: Mapping[Band, int]) -> Iterator[Tab]:
    """One for each band, and one for all of them."""
    for band in BANDS:
        of_band = [counts[band]] if band else list(counts.values())
        words = said(band) if band else EVERYTHING
        yield Tab(words, _where(asked, band=band), _told(of_band), band is asked.wanted.band)


def class_tabs(asked: Question, counts: Mapping[ExceptionClass, int]) -> Iterator[Tab]:
    """Whatever their exceptions, and one for each class that any of them is of, or that was chosen."""
    yield Tab(EVERYTHING, _where(asked, gravest=None), "", asked.wanted.gravest is None)
    for one, count in counts.items():
        if count or one is asked.wanted.gravest:
            yield Tab(said(one), _where(asked, gravest=one), _told([count]), one is asked.wanted.gravest)


def order_tabs(asked: Question, shown: Order) -> Iterator[Tab]:
    """One for each order; over all bands there is none to choose."""
    for order in Order if asked.wanted.band else ():
        yield Tab(said(order), address(replace(asked, order=order)), "", order is shown)


def address(asked: Question, cursor: str | None = None) -> str:
    """Where the answer to a question is read; what the queue shows unasked is left out."""
    wanted = asked.wanted
    given: dict[str, object] = {"band": wanted.band or ALL, "agency": wanted.agency, "caregiver": wanted.caregiver}
    given |= {"recipient": wanted.recipient, "device": wanted.device, "link": wanted.link}
    given |= {"class": wanted.gravest, "exception": wanted.exception, "sort": asked.order, "cursor": cursor}
    given["work"] = None if wanted.work is Work.WAITING else wanted.work or ALL
    return address_of("/", given)


def _where(asked: Question, **changes: object) -> str:
    return address(replace(asked, wanted=replace(asked.wanted, **changes)))


def _told(counts: list[int]) -> str:
    return f"{sum(counts):,}" + ("+" if max(counts) >= MOST_COUNTED else "")
