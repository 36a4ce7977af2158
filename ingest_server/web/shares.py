"""Shares of genuine service made ready to read: said in a sentence, intervals as bars on one scale. Pure."""

from msgspec import Struct

from ingest_server.authenticity.estimate import Authenticity, Estimate, MonthlyEstimate, Standing
from ingest_server.authenticity.settings import Settings
from ingest_server.web.formats import percent
from ingest_server.words.bilingual import Words

# So narrow a bar would not be seen.
_LEAST_WIDTH_PCT = 0.8
# A place among a handful says nothing.
_LEAST_OTHERS = 10


class Whisker(Struct, frozen=True):
    """An interval and its mean, in percent of a drawing that runs from none to all service genuine."""

    left_pct: float
    width_pct: float
    mean_pct: float


class Shown(Struct, frozen=True):
    """A portrait and what is drawn of it; marks are in percent of the same drawing."""

    found: Authenticity
    sentence: Words
    place: Words | None
    whisker: Whisker
    months: tuple[tuple[MonthlyEstimate, Whisker], ...]
    peers_pct: float
    concern_pct: float


def shown_of(found: Authenticity, settings: Settings) -> Shown:
    """What a page shows of an estimate."""
    estimate = found.estimate
    return Shown(
        found=found,
        sentence=_sentence(found, settings),
        place=_place(found),
        whisker=whisker_of(estimate),
        months=tuple((month, _whisker(month.mean, month.low, month.high)) for month in found.trend),
        peers_pct=_pct(found.peers.mean),
        concern_pct=_pct(settings.concern_share),
    )


def whisker_of(estimate: Estimate) -> Whisker:
    """The interval of an estimate as a bar."""
    return _whisker(estimate.mean, estimate.low, estimate.high)


def _sentence(found: Authenticity, settings: Settings) -> Words:
    estimate = found.estimate
    if estimate.standing is Standing.TOO_FEW_VISITS:
        return Words(
            f"能判断的服务只有 {estimate.judged} 次，少于 {settings.least_visits} 次，不作评价。",
            f"Only {estimate.judged} visits could be judged, fewer than {settings.least_visits}: "
            "nothing is said of anybody on so few.",
        )
    low, high, mean = percent(estimate.low), percent(estimate.high), percent(estimate.mean)
    zh = f"真实服务占比估计为 {mean}，95% 的可能在 {low} 至 {high} 之间。"
    en = f"The share of genuine service is estimated at {mean}, with 95% probability between {low} and {high}."
    if estimate.standing is Standing.CONCERN:
        zh += "整个区间低于关注线，建议抽查；可能另有原因。"
        en += " All of it lies below the line of concern: worth a closer look; there may be other reasons."
    return Words(zh, en)


def _place(found: Authenticity) -> Words | None:
    """Where the subject stands among peers; nothing of whoever has too few visits to stand anywhere."""
    share = found.estimate.percentile if found.peers.agency is not None else found.whole_percentile
    if share is None or found.estimate.standing is Standing.TOO_FEW_VISITS:
        return None
    others = found.peers.subjects - 1
    if others < _LEAST_OTHERS:
        return None
    among_zh = "本机构" if found.peers.agency is not None else "全部"
    among_en = "of this agency" if found.peers.agency is not None else "of all"
    return Words(
        f"高于{among_zh} {others} 个同类中的 {percent(share)}",
        f"higher than {percent(share)} {among_en} {others} others",
    )


def _whisker(mean: float, low: float, high: float) -> Whisker:
    width_pct = max(_LEAST_WIDTH_PCT, _pct(high) - _pct(low))
    return Whisker(round(min(_pct(low), 100 - width_pct), 2), round(width_pct, 2), _pct(mean))


def _pct(share: float) -> float:
    return round(100 * share, 2)
