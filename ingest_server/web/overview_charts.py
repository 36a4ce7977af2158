"""The charts of the overview, made from what it says, in the reader's language. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.heat import HeatMap
from ingest_server.scoring.verdict import DOUBTED
from ingest_server.web.overview_answer import ByTime, Figures, Overview
from ingest_server.web.tongue import Tongue
from ingest_server.words.bilingual import Words

WEEKDAYS = (
    Words("一", "Mon"),
    Words("二", "Tue"),
    Words("三", "Wed"),
    Words("四", "Thu"),
    Words("五", "Fri"),
    Words("六", "Sat"),
    Words("日", "Sun"),
)


class Charts(NamedTuple):
    """Visits and money by day, and visits by hour and weekday."""

    visits: DayBars
    money: DayBars
    hours: HeatMap


def charts_of(found: Overview | ByTime, tongue: Tongue) -> Charts:
    """The charts; money is in yuan."""
    return Charts(_visits(found, tongue), _money(found, tongue), _hours(found, tongue))


def doubted(figures: Figures) -> int:
    """How many visits are to be looked at by a person."""
    return sum(figures.bands[band] for band in DOUBTED)


def _visits(found: Overview | ByTime, tongue: Tongue) -> DayBars:
    bars = tuple(Bar(_label(one.day), one.figures.visits, doubted(one.figures)) for one in found.days)
    title = Words("每日服务次数，其中待人工复核的", "Visits by day, and of these the ones for a person to look at")
    return DayBars(tongue.label(title), _range(bars, tongue), bars)


def _money(found: Overview | ByTime, tongue: Tongue) -> DayBars:
    figures = ((one.day, one.figures) for one in found.days)
    bars = tuple(Bar(_label(day), one.settled_fen / 100, one.at_risk_fen / 100) for day, one in figures)
    title = Words("每日基金应付金额（元），其中有风险的", "The fund's share by day in yuan, and of it what is at risk")
    return DayBars(tongue.label(title), _range(bars, tongue), bars)


def _hours(found: Overview | ByTime, tongue: Tongue) -> HeatMap:
    title = Words("各星期各小时开始的服务", "Visits by weekday and the hour they began in")
    names = tuple(tongue.label(name) for name in WEEKDAYS)
    figures = tuple(one.visits for one in found.hours)
    made = HeatMap("", "", names, tuple(str(hour) for hour in range(24)), figures)
    most = tongue.number(made.most)
    said = Words(f"每格最多 {most} 次。", f"At most {most} in one hour of the week.")
    return HeatMap(tongue.label(title), tongue.label(said), made.row_names, made.column_names, figures)


def _range(bars: tuple[Bar, ...], tongue: Tongue) -> str:
    first, last = bars[0].day, bars[-1].day
    low, high = (tongue.number(round(end(_wholes(bars)))) for end in (min, max))
    zh = f"{first} 至 {last}，每日 {low} 至 {high}。"
    return tongue.label(Words(zh, f"From {first} to {last}, between {low} and {high} a day."))


def _wholes(bars: tuple[Bar, ...]) -> Iterator[float]:
    return (bar.whole for bar in bars)


def _label(day: str) -> str:
    return day[5:]
