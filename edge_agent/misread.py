"""What is wrong in a TOML file, in words: the section, the key, and what may stand there. Pure.

A value that may not stand there is not repeated: it may be where somebody lives.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect

from edge_agent.allowed_values import LISTS, may_be, without_none
from visit_record.bilingual import Words

# What msgspec says of a place, as of `$.order[0].planned_start`.
_PLACE = re.compile(r" - at `\$(?P<place>[^`]*)`$")
_STEPS = re.compile(r"\.(?P<key>\w+)|\[(?P<number>\d+)\]")
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_END = "(at end of document)"


@dataclass(frozen=True)
class _Place:
    """Where in the file: the section as it is written there, which of several it is (from 1), and the key."""

    section: str = ""
    number: int | None = None
    key: str = ""
    is_repeated: bool = False

    @property
    def said(self) -> Words:
        head = "" if not self.section else f"[[{self.section}]]" if self.is_repeated else f"[{self.section}]"
        if self.number is None:
            return Words(f"{head} {self.key}".strip(), f"{head} {self.key}".strip())
        return Words(
            f"第 {self.number} 个 {head} {self.key}".strip(), f"{head} number {self.number} {self.key}".strip()
        )


def not_toml(error: ValueError) -> str:
    """In Chinese, of a file that is no TOML at all, or no text."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 文本"
    if at := _LINE.search(str(error)):
        return f"第 {at[1]} 行第 {at[2]} 列不合 TOML 写法"
    return "到结尾处不合 TOML 写法" if str(error).endswith(_END) else "不合 TOML 写法"


def misread(error: msgspec.ValidationError, content: Mapping[str, Any], kind: type[Any]) -> Words:
    """What a struct of that kind could not be read from the content for."""
    found = _PLACE.search(str(error))
    wanted, value, place = inspect.type_info(kind), content, _Place()
    for step in _STEPS.finditer(found["place"] if found else ""):
        wanted, value, place = _inside(wanted, value, place, step)
    wrong = _wrong(without_none(wanted), value, place)
    where = place.said
    if wrong is None:
        return Words(f"{where.zh} 的值不合要求，详情见英文", str(error))
    return Words(f"{where.zh} {wrong.zh}".strip(), f"{where.en} {wrong.en}".strip())


def _inside(wanted: inspect.Type, value: Any, place: _Place, step: re.Match[str]) -> tuple[Any, Any, _Place]:  # noqa: ANN401 - of any TOML
    wanted = without_none(wanted)
    if step["number"] is not None:
        number = int(step["number"])
        within = getattr(wanted, "item_type", inspect.AnyType())
        # Of a list of plain values it is the list that is named.
        here = _one_of_several(place.section or place.key, number, value[number]) if _is_section(within) else place
        return within, value[number], here
    key = step["key"]
    field = next((one for one in getattr(wanted, "fields", ()) if one.encode_name == key), None)
    within = inspect.AnyType() if field is None else field.type
    is_section = _is_section(without_none(within)) and isinstance(value.get(key), dict) and not place.section
    here = _Place(key) if is_section else _Place(place.section, place.number, key, place.is_repeated)
    return within, value.get(key), here


def _one_of_several(name: str, number: int, value: Any) -> _Place:  # noqa: ANN401 - of any TOML
    is_written_as_section = isinstance(value, dict)
    return _Place(name, number + 1, "", True) if is_written_as_section else _Place(key=name, is_repeated=True)


def _is_section(wanted: inspect.Type) -> bool:
    return isinstance(wanted, inspect.StructType)


def _wrong(wanted: inspect.Type, value: Any, place: _Place) -> Words | None:  # noqa: ANN401 - of any TOML
    is_list_of_sections = isinstance(wanted, LISTS) and _is_section(wanted.item_type)
    if is_list_of_sections or (_is_section(wanted) and not isinstance(value, dict)):
        return _written_otherwise(place.key, is_repeated=is_list_of_sections or place.is_repeated)
    if isinstance(wanted, inspect.StructType):
        return _wrong_in_section(wanted, value)
    may = may_be(wanted)
    # A blank stands between Chinese and Latin letters.
    return may and Words(f"应为 {may.zh}" if may.zh[0].isascii() else f"应为{may.zh}", f"must be {may.en}")


def _written_otherwise(name: str, *, is_repeated: bool) -> Words:
    if is_repeated:
        return Words(
            f"写法有误：应为 [[{name}]]，双方括号，每个一段",
            f"must be written [[{name}]], in two brackets, once for each",
        )
    return Words(
        f"写法有误：应写成 [{name}]，单方括号，只写一次",
        f"must be written [{name}], in single brackets, once",
    )


def _wrong_in_section(wanted: inspect.StructType, value: Mapping[str, Any]) -> Words | None:
    known = [field.encode_name for field in wanted.fields]
    if unknown := [key for key in value if key not in known]:
        named = ", ".join(known)
        return Words(f"没有 {unknown[0]} 这一项；可以有 {named}", f"has no {unknown[0]}; it may have {named}")
    if missing := [field.encode_name for field in wanted.fields if field.required and field.encode_name not in value]:
        return Words(f"缺少 {', '.join(missing)}", f"lacks {', '.join(missing)}")
    return None
