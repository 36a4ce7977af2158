"""Who moves, told on a terminal: band by band, name by name, agency by agency, and a sample with reasons."""

import sys
from collections.abc import Iterator

import msgspec
from rich.table import Table

from ingest_server.commands.tables import figure, terminal, words
from ingest_server.rules.movement import Moved, Movement, Stands
from ingest_server.scoring.verdict import DOUBTED, Band
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from ingest_server.words.evidence import said_of_evidence


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
