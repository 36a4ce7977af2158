"""What the commands that weigh history again share: the period, the progress bar, and the table of who moves."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ingest_server.commands.tables import figure, terminal, words
from ingest_server.errors import NoVisitsError
from ingest_server.rules.movement import Moved, Movement, Stands
from ingest_server.rules.rule_set import RuleSet
from ingest_server.rules.rules import Rules
from ingest_server.rules.thresholds import bearable
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.verdict import DOUBTED, Band, Thresholds
from ingest_server.store.database import Database
from ingest_server.store.history import Period, count_visits
from ingest_server.web.words import said
from ingest_server.weighing_again import Advance, WeighingAgain
from ingest_server.words.bilingual import Words
from ingest_server.words.evidence import said_of_evidence
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
        end = None if self.until is None else datetime.combine(self.until.date(), datetime.max.time(), zone)
        since_ms = int(self.since.replace(tzinfo=zone).timestamp() * 1000)
        return Period(since_ms, None if end is None else int(end.timestamp() * 1000) + 1, self.agency)

    @property
    def told(self) -> str:
        """The options that asked for it."""
        last = None if self.until is None else self.until.date()
        options = {"--since": self.since.date(), "--until": last, "--agency": self.agency}
        return " ".join(f"{option} {value}" for option, value in options.items() if value is not None)


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


def show(movement: Movement, *, as_json: bool) -> None:
    """Print who moves."""
    if as_json:
        sys.stdout.write(msgspec.json.encode(movement).decode() + "\n")
        return
    console = terminal()
    console.print(
        f"规则 rules {movement.rules} · 校准 calibration {movement.calibration} · {movement.visits} 次服务 visits · "
        f"{movement.moved} 次变动 moved"
    )
    if movement.unreadable:
        console.print(f"[red]{movement.unreadable} 条记录已被改动，未计入 records were altered and are left out[/]")
    for table in (_bands(movement), _typologies(movement), _agencies(movement), _sample(movement)):
        if table.row_count:
            console.print(table)


def _bands(movement: Movement) -> Table:
    counts = {(flow.before, flow.after): flow.visits for flow in movement.bands}
    headings = (f"{said(band).zh}\n{said(band).en}" for band in Band)
    table = Table(words("原 before \\ 新 after"), *map(figure, headings), title="分类变动 Bands")
    for before in Band:
        row = [_flow(counts.get((before, after), 0), moved=before is not after) for after in Band]
        table.add_row(_both(said(before)), *row)
    return table


def _flow(visits: int, *, moved: bool) -> str:
    return f"[bold]{visits}[/]" if visits and moved else str(visits)


def _typologies(movement: Movement) -> Table:
    table = Table(words("原 before"), words("新 after"), figure("次数 visits"), title="类型变动 Names that change")
    for flow in movement.typologies:
        if flow.before is not flow.after:
            table.add_row(_both(said(flow.before)), _both(said(flow.after)), str(flow.visits))
    return table


def _agencies(movement: Movement) -> Table:
    headings = ("次数\nvisits", "变动\nmoved", "原须看\nto look at before", "新须看\nafter")
    table = Table(words("机构 agency"), *map(figure, headings), title="按机构 By agency")
    for one in movement.agencies:
        figures = (one.visits, one.moved, one.doubted_before, one.doubted_after)
        table.add_row(one.agency, *map(str, figures))
    return table


def _sample(movement: Movement) -> Table:
    table = Table(words("访视 visit"), words("变动与理由 move and reasons"), title="样本 Sample", show_lines=True)
    for moved in movement.sample:
        table.add_row(f"{moved.visit}\n{moved.agency} · {moved.caregiver}", "\n".join(_why(moved)))
    return table


def _why(moved: Moved) -> Iterator[str]:
    yield f"{_stands(moved.before)} → {_stands(moved.after)}"
    for reason in moved.reasons:
        yield f"{reason.decibans:+.1f} dB {_both(said_of_evidence(reason.evidence))} {reason.value:.2f}"
    if moved.exceptions:
        yield "、".join(dict.fromkeys(said(exception.code).zh for exception in moved.exceptions))


def _stands(stands: Stands) -> str:
    name = f" {said(stands.typology).zh}" if stands.band in DOUBTED else ""
    return f"{said(stands.band).zh}{name} {stands.suspicion:.3f}"


def _both(name: Words) -> str:
    return f"{name.zh} {name.en}"
