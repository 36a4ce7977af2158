"""What is wrong in a TOML file, in words: the section, the key, and what may stand there. Pure.

What stands there is not repeated: it may be where somebody lives.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from visit_record.bilingual import Words

# What msgspec says of a place, as of `$.order[0].planned_start`.
_PLACE = re.compile(r" - at `\$(?P<place>[^`]*)`$")
_STEPS = re.compile(r"\.(?P<key>\w+)|\[(?P<number>\d+)\]")
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_LISTS = (inspect.VarTupleType, inspect.ListType)
_SIMPLE: Mapping[type[Any], Words] = {
    inspect.BoolType: Words(" true 或 false，不加引号", "true or false, without quotes"),
    inspect.DateTimeType: Words(
        "带时差的时间，不加引号，如 2026-01-05T09:00:00+08:00",
        "a time with its offset, without quotes, as 2026-01-05T09:00:00+08:00",
    ),
    inspect.VarTupleType: Words("方括号里的一列，如 [1, 2]", "a list in brackets, as [1, 2]"),
    inspect.ListType: Words("方括号里的一列，如 [1, 2]", "a list in brackets, as [1, 2]"),
    inspect.DictType: Words("一节", "a section"),
}


@dataclass(frozen=True)
class _Place:
    """Where in the file: the section as it is written there, which of several it is (from 1), and the key."""

    section: str = ""
    number: int | None = None
    key: str = ""
    is_repeated: bool = False

    @property
    def said(self) -> Words:
        head = f"[[{self.section}]]" if self.is_repeated else f"[{self.section}]" if self.section else ""
        if self.number is None:
            return Words(f"{head} {self.key}".strip(), f"{head} {self.key}".strip())
        return Words(
            f"第 {self.number} 个 {head} {self.key}".strip(), f"{head} number {self.number} {self.key}".strip()
        )


def not_toml(error: ValueError) -> str:
    """In Chinese, of a file that is no TOML at all, or no text."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 文本"
    at = _LINE.search(str(error))
    return f"第 {at[1]} 行第 {at[2]} 列不合 TOML 写法" if at else "到结尾处不合 TOML 写法"


def misread(error: msgspec.ValidationError, content: Mapping[str, Any], kind: type[Any]) -> Words:
    """What a struct of that kind could not be read from the content for."""
    found = _PLACE.search(str(error))
    wanted, value, place = inspect.type_info(kind), content, _Place()
    for step in _STEPS.finditer(found["place"] if found else ""):
        wanted, value, place = _inside(wanted, value, place, step)
    wrong = _wrong(_without_none(wanted), value, place)
    where = place.said
    if wrong is None:
        return Words(f"{where.zh} 的值不合要求，详情见英文", str(error))
    return Words(f"{where.zh} {wrong.zh}".strip(), f"{where.en} {wrong.en} ({error})".strip())


def _inside(wanted: inspect.Type, value: Any, place: _Place, step: re.Match[str]) -> tuple[Any, Any, _Place]:  # noqa: ANN401 - of any TOML
    wanted = _without_none(wanted)
    if step["number"] is not None:
        number = int(step["number"])
        within = getattr(wanted, "item_type", inspect.AnyType())
        # Of a list of plain values it is the list that is named.
        here = _Place(place.section or place.key, number + 1, "", True) if _is_section(within) else place
        return within, value[number], here
    key = step["key"]
    field = next((one for one in getattr(wanted, "fields", ()) if one.encode_name == key), None)
    within = inspect.AnyType() if field is None else field.type
    is_section = _is_section(_without_none(within)) and not place.section
    here = _Place(key) if is_section else _Place(place.section, place.number, key, place.is_repeated)
    return within, value.get(key), here


def _is_section(wanted: inspect.Type) -> bool:
    return isinstance(wanted, inspect.StructType)


def _wrong(wanted: inspect.Type, value: Any, place: _Place) -> Words | None:  # noqa: ANN401 - of any TOML
    if isinstance(wanted, inspect.StructType):
        return _wrong_in_section(wanted, value)
    if isinstance(wanted, _LISTS) and isinstance(wanted.item_type, inspect.StructType):
        return Words(
            f"写法有误：应为 [[{place.key}]]，双方括号，每个一段",
            f"must be written [[{place.key}]], in two brackets, once for each",
        )
    may = _may_be(wanted)
    return may and Words(f"应为{may.zh}", f"must be {may.en}")


def _wrong_in_section(wanted: inspect.StructType, value: Any) -> Words | None:  # noqa: ANN401 - of any TOML
    if not isinstance(value, dict):
        return Words("应是单独的一节，方括号里写它的名称", "must be a section, its name in brackets")
    known = [field.encode_name for field in wanted.fields]
    if unknown := [key for key in value if key not in known]:
        named = ", ".join(known)
        return Words(f"没有 {unknown[0]} 这一项；可以有 {named}", f"has no {unknown[0]}; it may have {named}")
    if missing := [field.encode_name for field in wanted.fields if field.required and field.encode_name not in value]:
        return Words(f"缺少 {', '.join(missing)}", f"lacks {', '.join(missing)}")
    return None


def _may_be(wanted: inspect.Type) -> Words | None:
    """What a plain value may be."""
    match wanted:
        case inspect.IntType() | inspect.FloatType():
            return _number(wanted)
        case inspect.StrType():
            return _text(wanted)
        case inspect.EnumType() | inspect.LiteralType():
            values = wanted.values if isinstance(wanted, inspect.LiteralType) else [one.value for one in wanted.cls]
            one_of = ", ".join(f'"{value}"' for value in values)
            return Words(f"其中之一：{one_of}", f"one of {one_of}")
        case inspect.CustomType() if issubclass(wanted.cls, Path):
            return Words("引号里的路径", "a path in quotes")
        case _:
            return _SIMPLE.get(type(wanted))


def _number(wanted: inspect.IntType | inspect.FloatType) -> Words:
    kind = Words("整数", "a whole number") if isinstance(wanted, inspect.IntType) else Words("数", "a number")
    bounds = list(_bounds(wanted))
    within = Words("，".join(one.zh for one in bounds), " and ".join(one.en for one in bounds))
    return Words(f"{kind.zh}，{within.zh}", f"{kind.en}, {within.en}") if bounds else kind


def _text(wanted: inspect.StrType) -> Words:
    if wanted.pattern:
        return Words(
            f"引号里的文字，符合 {wanted.pattern}", f"text in quotes that the pattern {wanted.pattern} matches"
        )
    if wanted.max_length is None:
        return Words("引号里的文字", "text in quotes")
    least, most = wanted.min_length or 0, wanted.max_length
    return Words(f"引号里的文字，{least} 至 {most} 字", f"text in quotes, of {least} to {most} characters")


def _bounds(wanted: inspect.IntType | inspect.FloatType) -> Iterator[Words]:
    for bound, zh, en in (
        (wanted.gt, "大于", "more than"),
        (wanted.ge, "不小于", "at least"),
        (wanted.lt, "小于", "less than"),
        (wanted.le, "不大于", "at most"),
    ):
        if bound is not None:
            yield Words(f"{zh} {bound:g}", f"{en} {bound:g}")


def _without_none(wanted: inspect.Type) -> inspect.Type:
    """What an optional value is where it is there."""
    if not isinstance(wanted, inspect.UnionType):
        return wanted
    others = [one for one in wanted.types if not isinstance(one, inspect.NoneType)]
    return others[0] if len(others) == 1 else wanted
