"""One address on its way to a question. What is wrong gathers, so that all of it is told at once. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest_server.queries.bounds import reversed_ranges
from ingest_server.queries.columns import Operator, Order, View, ViewColumn
from ingest_server.queries.query import MOST_FILTERS, MOST_VALUES, Filter, Query, Refusal, named
from ingest_server.queries.values import canonical, wanted
from ingest_server.words.bilingual import Words

Pairs = Iterable[tuple[str, str]]
ORDER, COLUMNS = "order", "columns"
# As lists are written, or pasted from a spreadsheet.
_BETWEEN: Final = re.compile(r"[\s,，;；、]+")


class Reading:
    """One address on its way to a question; what is wrong gathers in ``refusals``."""

    def __init__(self, view: View, pairs: list[tuple[str, str]]) -> None:
        self._view = view
        self._pairs = pairs
        self.refusals: list[Refusal] = []

    def query(self) -> Query:
        """The question, as far as it is understood."""
        filters = tuple(self._filters())
        query = Query(self._view, filters, self._columns(), self._order())
        self._check(query)
        return query

    def _refuse(self, field: str, zh: str, en: str) -> None:
        self.refusals.append(Refusal(field, Words(zh, en)))

    def _of(self, name: str) -> list[str]:
        return [text for one, text in self._pairs if one == name]

    def _filters(self) -> Iterator[Filter]:
        names = dict.fromkeys(name for name, _ in self._pairs if name not in {ORDER, COLUMNS})
        for name in names:
            column, operator = self._asked(name)
            if column is not None and operator is not None and (values := self._values(name, column, operator)):
                yield Filter(column.name, operator, values)

    def _asked(self, name: str) -> tuple[ViewColumn | None, Operator | None]:
        stem, between, rest = name.partition("__")
        column = self._view.column(stem)
        if column is None or not column.operators:
            known = ", ".join(one.name for one in self._view.asked)
            shown = name[:40]
            self._refuse(
                name, f"{shown}：不能按此筛选；可用：{known}", f"{shown} cannot be asked for; what can: {known}"
            )
            return None, None
        operator = Operator.IS if not between else next((one for one in Operator if one == rest), None)
        if operator not in column.operators:
            known = ", ".join(column.operators)
            words = column.label
            self._refuse(
                name, f"{words.zh}不能这样比较；可用：{known}", f"{words.en} cannot be compared so; what can: {known}"
            )
            return None, None
        return column, operator

    def _values(self, name: str, column: ViewColumn, operator: Operator) -> tuple[str, ...]:
        texts = self._of(name)
        if operator is Operator.ONE_OF:
            texts = [part for text in texts for part in _BETWEEN.split(text) if part]
        elif len(texts) > 1:
            self._refuse(name, f"{column.label.zh}：同一条件只能写一次", f"{column.label.en}: write this once")
            return ()
        if len(texts) > MOST_VALUES:
            self._refuse(
                name, f"{column.label.zh}：至多 {MOST_VALUES} 个值", f"{column.label.en}: at most {MOST_VALUES} values"
            )
            return ()
        return tuple(dict.fromkeys(value for text in texts if (value := self._value(name, column, operator, text))))

    def _value(self, name: str, column: ViewColumn, operator: Operator, text: str) -> str | None:
        try:
            return canonical(column, operator, text)
        except ValueError:
            words, shown = wanted(column, operator), text[:40]
            self._refuse(
                name, f"{column.label.zh}：{shown} 不对，{words.zh}", f"{column.label.en}: not {shown}; {words.en}"
            )
            return None

    def _columns(self) -> tuple[str, ...]:
        asked = [part for text in self._of(COLUMNS) for part in _BETWEEN.split(text) if part]
        known = [column.name for column in self._view.shown]
        for name in dict.fromkeys(asked):
            if name not in known:
                told = ", ".join(known)
                self._refuse(
                    COLUMNS, f"没有列 {name[:40]}；有：{told}", f"there is no column {name[:40]}; there are: {told}"
                )
        return tuple(name for name in known if name in asked or not asked)

    def _order(self) -> Order:
        asked = self._of(ORDER)
        if not asked:
            return self._view.order
        order = Order(asked[0].removeprefix("-"), asked[0].startswith("-"))
        if len(asked) > 1 or order.column not in self._view.orders:
            told = ", ".join(self._view.orders)
            self._refuse(ORDER, f"只能按其中一列排序：{told}", f"order by one of: {told}")
            return self._view.order
        return order

    def _check(self, query: Query) -> None:
        for one in reversed_ranges(query):
            label = one.label
            self._refuse(
                named(one.name, Operator.TO),
                f"{label.zh}：止在起之前，请对调",
                f"{label.en}: it ends before it begins; swap them",
            )
        if len(query.filters) > MOST_FILTERS:
            self._refuse("", f"至多 {MOST_FILTERS} 个条件，请减少", f"at most {MOST_FILTERS} filters: take some out")
