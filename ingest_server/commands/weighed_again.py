"""What the commands that weigh history again share: what is asked for, what weighs it, and the progress bar."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest_server.commands.trailed import as_given
from ingest_server.errors import NoVisitsError
from ingest_server.local_days import begins_ms, span_of
from ingest_server.rules.rule_set import RuleSet
from ingest_server.rules.rules import Rules
from ingest_server.rules.thresholds import bearable
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.verdict import Thresholds
from ingest_server.store.database import Database
from ingest_server.store.history import Period, count_visits
from ingest_server.weighing_again import Advance, WeighingAgain
from visit_record.catalogue import service_items

DATE = ["%Y-%m-%d"]
Since = Annotated[datetime, typer.Option(formats=DATE, help="起始日期（含）· First day of check-in.")]
Until = Annotated[datetime | None, typer.Option(formats=DATE, help="截止日期（含）· Last day of check-in.")]
Agency = Annotated[str | None, typer.Option(help="机构 · One agency only.")]
Sample = Annotated[int, typer.Option(min=0, max=1000, help="样本数 · How many visits that move are shown.")]
Seed = Annotated[int, typer.Option(help="样本种子 · Which of them: the same seed shows the same ones.")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · As JSON on standard output.")]


def weighing_under(
    store: Database, calibration: Calibration, rule_set: RuleSet, overrides: Mapping[str, Thresholds]
) -> WeighingAgain:
    """What weighs stored visits under a table and rules, with those thresholds of agencies that the table bears."""
    rules = Rules(rule_set, bearable(overrides, calibration, rule_set))
    return WeighingAgain(store, calibration, service_items(), rules)


class Asked(Struct, frozen=True):
    """What is to be weighed again: visits from one day of check-in to another, both included, of one agency or all."""

    since: datetime
    until: datetime | None
    agency: str | None

    def period(self, time_zone: str) -> Period:
        """The same in moments, the days being those of a time zone."""
        zone = ZoneInfo(time_zone)
        since_ms = begins_ms(self.since.date(), zone)
        # Nothing lies behind the calendar's last day.
        last = date.max if self.until is None else self.until.date()
        until_ms = None if last == date.max else span_of(last, last, zone).until_ms
        return Period(since_ms, until_ms, self.agency)

    @property
    def told(self) -> str:
        """The options that asked for it."""
        last = None if self.until is None else self.until.date()
        return as_given({"--since": self.since.date(), "--until": last, "--agency": self.agency})


@contextmanager
def progress(database: Database, asked: Asked, rule_set: RuleSet) -> Iterator[tuple[Period, Advance]]:
    """A bar on standard error while visits are weighed, where that is a terminal; with the period to weigh.

    Raises:
        NoVisitsError: there is nothing to weigh: a mistyped agency must not look like one whose visits all stay.
    """
    wanted = asked.period(rule_set.time_zone)
    total = count_visits(database, wanted)
    if not total:
        raise NoVisitsError(
            f"没有符合条件的服务 · no visit matches {asked.told}；"
            "请改日期，或核对机构名 · take other days, or look the agency up: `ingest-server devices list`"
        )
    columns = (TextColumn("重新评分 weighing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)
        yield wanted, lambda count: bar.advance(task, count)
