"""The benchmark as a page of the documentation: what was measured, how, and what it does not show."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from ingest_server.scoring.calibration import CURRENT, shipped_versions
from sim.benchmark.page_lived import lived_lines
from sim.benchmark.page_words import what_it_shows
from sim.benchmark.pictures import NAMES, draw_all
from sim.benchmark.result import Benchmark
from sim.benchmark.table import MARKS, aim_said, held_to_aims, with_interval
from sim.benchmark.words import called, group_of
from visit_record.vocabulary import Typology

PAGE = "benchmark.md"
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "各手法检出率 · Recall by variant, at 1% false alarms": ("recall_by_variant", "recall_all"),
    "真实但异常的误报率 · False alarms of odd honest visits, same threshold": ("alarms_by_oddity", "alarms_by_variant"),
    "缺两种感知的误报倍数 · Every pair of senses missing": ("missing_two", "missing_two_review"),
    "感知的价值 · What each sense is worth": ("worth_recall", "worth_cllr"),
    "校准 · Calibration": ("calibration",),
    "判定分布 · Bands of the verdicts": ("bands",),
    "护理员真实率 · Authenticity of caregivers": ("authenticity",),
}


def write_page(found: Benchmark, folder: Path) -> None:
    """Write the page and its pictures into a folder.

    Raises:
        OSError: a file cannot be written.
    """
    chinese = draw_all(found, folder)
    (folder / PAGE).write_text(page_text(found, chinese=chinese), "utf-8")


def page_text(found: Benchmark, *, chinese: bool) -> str:
    """The page itself; ``chinese`` where its pictures are labelled in Chinese too."""
    return "\n".join(_lines(found, chinese=chinese)) + "\n"


def _lines(found: Benchmark, *, chinese: bool) -> Iterator[str]:
    yield from _heading(found)
    if not chinese:
        yield "The pictures are labelled in English alone: this machine had no font with Chinese."
    yield from ("", what_it_shows())
    yield from _section("达标情况 · Figures held to an aim", _aims(found))
    yield from _pictures()
    for title, groups in TABLES.items():
        yield from _section(title, _plain(found, groups))
    yield from _section("混淆表 · What was named first, of the faked visits caught", _confusion(found))
    yield from lived_lines(found)
    yield from _section("单一线索 · The most that one cue alone can do", _cues(found))


def _heading(found: Benchmark) -> Iterator[str]:
    told = found.setting
    yield "# 评测 · The benchmark"
    yield ""
    yield f"Written by `{command_of(found)}`, not by hand:"
    yield f"{told.visits:,} staged visits by {told.caregivers:,} caregivers,"
    yield f"calibration `{told.calibration}`, rules `{told.rules}`. Intervals are 95%, by a bootstrap over caregivers"
    yield f"({told.resamples} draws), as the visits of one caregiver are alike."


def command_of(found: Benchmark) -> str:
    """What writes the same page again. A calibration that does not ship is in a file, here named by its version."""
    told = found.setting
    version = told.calibration
    file = version if version in shipped_versions() else f"{version}.toml"
    options = (
        f"--world {shlex.quote(told.world)} --visits {told.visits} --seed {told.seed}",
        "" if version == CURRENT else f"--calibration {shlex.quote(file)}",
        f"--resamples {told.resamples}",
        "--no-lived" if found.lived is None else "",
        "--no-speed" if found.speed is None else "",
    )
    return " ".join(("visit-sim benchmark", *filter(None, options), "--docs"))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield from (f"## {title}", *told, "")


def _pictures() -> Iterator[str]:
    titles = ("可靠性图 · Reliability", "检出曲线 · Detection", "每种感知值多少 · What each sense is worth")
    for title, name in zip(titles, NAMES, strict=True):
        yield from (f"![{title}]({name})", "")


def _aims(found: Benchmark) -> Iterator[str]:
    yield from (*_missed(found), "")
    yield from ("| 指标 · figure | | 值 · value (95%) | 目标 · aim | |", "|---|---|---|---|---|")
    for figure in held_to_aims(found):
        named = f"{group_of(figure.group).both} | {called(figure.about)}"
        yield f"| {named} | {with_interval(figure)} | {aim_said(figure)} | {MARKS[figure.met]} |"


def _missed(found: Benchmark) -> Iterator[str]:
    """Which aims are missed, before any table; of pairs of senses the worst stands for all."""
    held = held_to_aims(found)
    missed = [figure for figure in held if figure.met is False]
    untold = sum(figure.met is None for figure in held)
    yield f"**未达标 {len(missed)} / {len(held)} 项 · {len(missed)} of {len(held)} aims are missed.**"
    if untold:
        yield f"{untold} could not be told from this run's visits."
    if missed:
        yield ""
    for figure in missed:
        named = f"{group_of(figure.group).both}: {called(figure.about)}"
        yield f"- ✗ {named}: {with_interval(figure)}, 目标 aim {aim_said(figure)}"


def _plain(found: Benchmark, groups: Collection[str]) -> Iterator[str]:
    figures = [figure for figure in found.figures if figure.group in groups]
    if figures:
        yield from ("| 指标 · figure | | 值 · value (95%) | 数量 · n |", "|---|---|---|---|")
    for figure in figures:
        group = group_of(figure.group).both
        yield f"| {group} | {called(figure.about)} | {with_interval(figure)} | {figure.visits:,} |"


def _confusion(found: Benchmark) -> Iterator[str]:
    # What was named may be a kind of which this run had no visit caught.
    met = {leading for named in found.named.values() for leading in named}
    columns = [typology for typology in Typology if typology in met]
    yield f"| 真实 · truth | {' | '.join(called(column) for column in columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for truth, named in found.named.items():
        yield f"| {called(truth)} | {' | '.join(str(named.get(column, 0)) for column in columns)} |"


def _cues(found: Benchmark) -> Iterator[str]:
    yield f"A visit of which nothing but this is known. The review threshold is {found.setting.review_threshold:.0%}."
    yield from (
        "",
        "| 线索 · cue | 最坏值 · worst value | 可疑度 · suspicion | 实见最高 · most met with | 指向 · towards |",
    )
    yield "|---|---|---|---|---|"
    for cue in found.cues:
        seen = "—" if cue.seen is None else f"{cue.seen:.1%}"
        names, values = " + ".join(f"`{item}`" for item in cue.items), ", ".join(f"{value:g}" for value in cue.values)
        yield f"| {names} | {values} | {cue.suspicion:.1%} | {seen} | {called(cue.typology)} |"
