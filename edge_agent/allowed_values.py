"""What may stand at a place of a TOML file, in words, from the type that is read there. Pure."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import inspect

from visit_record.bilingual import Words

LISTS: Final = (inspect.VarTupleType, inspect.ListType)
_SIMPLE: Mapping[type[Any], Words] = {
    inspect.BoolType: Words("true 或 false，不加引号", "true or false, without quotes"),
    inspect.DateTimeType: Words(
        "带时差的时间，不加引号，如 2026-01-05T09:00:00+08:00",
        "a time with its offset, without quotes, as 2026-01-05T09:00:00+08:00",
    ),
    inspect.DictType: Words("一节", "a section"),
}


def without_none(wanted: inspect.Type) -> inspect.Type:
    """What an optional value is where it is there."""
    if not isinstance(wanted, inspect.UnionType):
        return wanted
    others = [one for one in wanted.types if not isinstance(one, inspect.NoneType)]
    return others[0] if len(others) == 1 else wanted


def may_be(wanted: inspect.Type) -> Words | None:
    """What a plain value, or a list of such, may be; ``None`` of what has no words."""
    match wanted:
        case inspect.IntType() | inspect.FloatType():
            return _number(wanted)
        case inspect.StrType():
            return _text(wanted)
        case inspect.EnumType() | inspect.LiteralType():
            one_of = ", ".join(_choices(wanted))
            return Words(f"其中之一：{one_of}", f"one of {one_of}")
        case inspect.CustomType() if issubclass(wanted.cls, Path):
            return Words("引号里的路径", "a path in quotes")
        case inspect.VarTupleType() | inspect.ListType():
            return _list(wanted)
        case _:
            return _SIMPLE.get(type(wanted))


def _choices(wanted: inspect.EnumType | inspect.LiteralType) -> list[str]:
    values = wanted.values if isinstance(wanted, inspect.LiteralType) else [one.value for one in wanted.cls]
    return [f'"{value}"' for value in values]


def _number(wanted: inspect.IntType | inspect.FloatType) -> Words:
    kind = Words("整数", "a whole number") if isinstance(wanted, inspect.IntType) else Words("数", "a number")
    bounds = list(_bounds(wanted))
    within = Words("，".join(one.zh for one in bounds), " and ".join(one.en for one in bounds))
    return Words(f"{kind.zh}，{within.zh}", f"{kind.en}, {within.en}") if bounds else kind


def _bounds(wanted: inspect.IntType | inspect.FloatType) -> Iterator[Words]:
    for bound, zh, en in (
        (wanted.gt, "大于", "more than"),
        (wanted.ge, "不小于", "at least"),
        (wanted.lt, "小于", "less than"),
        (wanted.le, "不大于", "at most"),
    ):
        if bound is not None:
            # All its digits: 1e9 is for programmers.
            yield Words(f"{zh} {bound:.15g}", f"{en} {bound:.15g}")


def _text(wanted: inspect.StrType) -> Words:
    if wanted.pattern:
        return Words(
            f"引号里的文字，符合 {wanted.pattern}", f"text in quotes that the pattern {wanted.pattern} matches"
        )
    if wanted.max_length is None:
        return Words("引号里的文字", "text in quotes")
    least, most = wanted.min_length or 0, wanted.max_length
    return Words(f"引号里的文字，{least} 至 {most} 字", f"text in quotes, of {least} to {most} characters")


def _list(wanted: inspect.VarTupleType | inspect.ListType) -> Words:
    example = f"[{', '.join(_examples(wanted.item_type))}]"
    zh, en = f"方括号里的一列，如 {example}", f"a list in brackets, as {example}"
    most = wanted.max_length
    return Words(zh, en) if most is None else Words(f"{zh}，至多 {most} 项", f"{en}, of {most} at most")


def _examples(item: inspect.Type) -> list[str]:
    match item:
        case inspect.IntType() | inspect.FloatType():
            return ["1", "2"]
        case inspect.EnumType() | inspect.LiteralType():
            return _choices(item)[:2]
        case _:
            return ['"a"', '"b"']
