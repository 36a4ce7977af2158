"""A combined query as a table to be exported: its columns, and what the file tells of itself."""

from datetime import tzinfo
from typing import Final

from ingest_server.exports.moments import iso
from ingest_server.exports.table import CellKind, Column, Fact
from ingest_server.queries.address import written
from ingest_server.queries.columns import Kind, ViewColumn
from ingest_server.queries.query import Query
from ingest_server.store.scope import OneAgency
from ingest_server.web.access import Viewer
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words

_KINDS: Final = {
    Kind.MOMENT: CellKind.MOMENT,
    Kind.COUNT: CellKind.WHOLE,
    Kind.SHARE: CellKind.DECIMAL,
    Kind.YUAN: CellKind.DECIMAL,
    Kind.MINUTES: CellKind.DECIMAL,
    Kind.YES_NO: CellKind.YES_NO,
}
_PLACES: Final = {Kind.YUAN: 2, Kind.MINUTES: 2, Kind.SHARE: 4}


def columns_of(query: Query) -> tuple[Column, ...]:
    """The columns of an answer, as files describe them."""
    return tuple(_column(column) for column in query.view.shown if column.name in query.columns)


def facts_of(query: Query, viewer: Viewer, now_ms: int, zone: tzinfo) -> tuple[Fact, ...]:
    """What a file tells of itself: what was asked, by whom, when, and within which scope."""
    match viewer.scope:
        case OneAgency(agency):
            scope = Words(f"仅机构 {agency}", f"agency {agency} alone")
        case _:
            scope = Words("全部机构", "every agency")
    return (
        Fact(Words("视图", "view"), f"{query.view.label.both} ({query.view.name})"),
        Fact(Words("含义", "meaning"), query.view.means.both),
        Fact(Words("查询", "query"), f"/query/{query.view.name}?{written(query)}"),
        Fact(Words("导出人", "exported by"), f"{viewer.name} ({said(viewer.role).both})"),
        Fact(Words("导出时间", "exported at"), iso(now_ms, zone)),
        Fact(Words("范围", "scope"), scope.both),
        Fact(Words("时区", "time zone"), f"CSV, Excel: {zone}; SQLite: UTC"),
    )


def _column(column: ViewColumn) -> Column:
    return Column(
        column.name,
        _KINDS.get(column.kind, CellKind.TEXT),
        column.label,
        column.means,
        unit=column.unit.both if column.unit else "",
        values={value.value: said(value) for value in column.vocabulary or ()},
        places=_PLACES.get(column.kind),
    )
