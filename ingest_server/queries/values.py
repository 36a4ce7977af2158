"""What may stand for a value of each kind, as text: read, and written the one way that links have. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ingest_server.queries.columns import Kind, Operator, ViewColumn
from ingest_server.queries.query import MOST_VALUE
from ingest_server.words.bilingual import Words
from visit_record.readable import is_readable

YES, NO = "yes", "no"
_MONTH: Final = re.compile(r"(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])", re.ASCII)
_WHOLE: Final = re.compile(r"0*(\d{1,9})", re.ASCII)
_DECIMAL: Final = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)
_YEARS: Final = range(1970, 9999)


def canonical(column: ViewColumn, operator: Operator, text: str) -> str:
    """A value as links have it.

    Raises:
        ValueError: it is none of this column's; :func:`wanted` says what is.
    """
    if operator is Operator.EMPTY:
        return _yes_or_no(text)
    if column.vocabulary is not None:
        return column.vocabulary(text).value
    return _READ[column.kind](text)


def wanted(column: ViewColumn, operator: Operator) -> Words:
    """What a value of a column is to be, in words."""
    if operator is Operator.EMPTY:
        return _WANTED[Kind.YES_NO]
    if column.vocabulary is not None:
        values = ", ".join(value.value for value in column.vocabulary)
        return Words(f"可选：{values}", f"one of: {values}")
    return _WANTED[column.kind]


def _text(text: str) -> str:
    if not text or len(text) > MOST_VALUE or not is_readable(text):
        raise ValueError(text)
    return text


def _moment(text: str) -> str:
    if "T" not in text.upper() and " " not in text:
        day = date.fromisoformat(text)
        return _in_years(day.isoformat(), day.year)
    at = datetime.fromisoformat(text)
    return _in_years(at.isoformat(), at.year)


def _in_years(text: str, year: int) -> str:
    if year not in _YEARS:
        raise ValueError(text)
    return text


def _month(text: str) -> str:
    if not _MONTH.fullmatch(text):
        raise ValueError(text)
    return text


def _whole(text: str) -> str:
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return str(int(found[1]))


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return f"{Decimal(text):f}".rstrip("0").rstrip(".") if "." in text else str(int(text))


def _share(text: str) -> str:
    share = _decimal(text)
    if Decimal(share) > 1:
        raise ValueError(text)
    return share


def _yes_or_no(text: str) -> str:
    if text not in {YES, NO}:
        raise ValueError(text)
    return text


_READ: Final[Mapping[Kind, Callable[[str], str]]] = MappingProxyType({
    Kind.ID: _text,
    Kind.MOMENT: _moment,
    Kind.MONTH: _month,
    Kind.COUNT: _whole,
    Kind.SHARE: _share,
    Kind.YUAN: _decimal,
    Kind.MINUTES: _decimal,
    Kind.YES_NO: _yes_or_no,
})  # fmt: skip
_WANTED: Final[Mapping[Kind, Words]] = MappingProxyType({
    Kind.ID: Words(f"至多 {MOST_VALUE} 个可见字符", f"at most {MOST_VALUE} characters that can be seen"),
    Kind.MOMENT: Words("写成 2026-09-01 或 2026-09-01T08:30", "write 2026-09-01 or 2026-09-01T08:30"),
    Kind.MONTH: Words("写成 2026-09", "write 2026-09"),
    Kind.COUNT: Words("写不大于 999999999 的整数", "write a whole number up to 999999999"),
    Kind.SHARE: Words("写 0 到 1 之间的数，如 0.5", "write a number from 0 to 1, such as 0.5"),
    Kind.YUAN: Words("写以元计的数，如 120.50", "write a number of yuan, such as 120.50"),
    Kind.MINUTES: Words("写以分钟计的数，如 8", "write a number of minutes, such as 8"),
    Kind.YES_NO: Words("写 yes 或 no", "write yes or no"),
})  # fmt: skip
