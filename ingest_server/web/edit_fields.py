"""What each field of an edit wants, told where it was given something else. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from ingest_server.errors import EditError
from ingest_server.web.notes import MOST_NOTE
from ingest_server.words.bilingual import Words

_ID: Final = Words(
    "编号为至多 64 个字母、数字及（首位之后的）. _ -", "ids have at most 64 letters, digits and, not first, . _ -"
)
# As a program names them, so that its refusals say the same.
_WANTS: Final[Mapping[str, Words]] = {
    "start_ms": Words("开始时间须在 1970 至 2099 年之间", "the start lies between 1970 and 2099"),
    "end_ms": Words("结束时间须在 1970 至 2099 年之间", "the end lies between 1970 and 2099"),
    "items": Words("服务项目须从列表选择", "service items are chosen from the list"),
    "recipient": Words(f"被护理人{_ID.zh}", f"recipients' {_ID.en}"),
    "caregiver": Words(f"护理员{_ID.zh}", f"caregivers' {_ID.en}"),
    "place": Words("服务地点须从列表选择", "the place is chosen from the list"),
    "memo": Words(f"备注最多 {MOST_NOTE} 字", f"a memo has at most {MOST_NOTE} characters"),
}


def not_wanted(names: Iterable[str]) -> EditError:
    """The refusal of fields that hold what they may not; one that no form has is told by its own name."""
    told = [_WANTS.get(name, Words(f"填写有误：{name}", f"not as it is wanted: {name}")) for name in sorted(set(names))]
    return EditError("; ".join(words.en for words in told), "；".join(words.zh for words in told))
