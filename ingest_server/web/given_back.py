"""What was typed into a form whose session is over, in the words that the form itself uses. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import Struct

from ingest_server.edits.codes import ActionTaken, Place, Reason
from ingest_server.queries.views import VIEWS
from ingest_server.vocabulary import Role
from ingest_server.web.words import said, said_of_item
from ingest_server.words.bilingual import Words

# What was chosen from a list stands in the address of the page that the form is on.
CHOSEN: Final = frozenset({"record", "back"})
# Of a form: what its page writes by itself; the note, which is shown as it was typed; and passwords, which never are.
_NOT_TYPED: Final = CHOSEN | {
    "note", "seen_version", "does", "meant", "withdraws", "next", "session", "password", "old", "new", "again",
}  # fmt: skip
_LABELS: Final[Mapping[str, Words]] = {
    "start": Words("开始", "Start"),
    "end": Words("结束", "End"),
    "place": Words("服务地点", "Place"),
    "recipient": Words("被护理人", "Recipient"),
    "caregiver": Words("护理员", "Caregiver"),
    "items": Words("项目", "Items"),
    "codes": Words("原因与处理", "Reason, and what was done about it"),
    "until": Words("暂缓至", "Put off until"),
    "due": Words("期限", "Due"),
    "into": Words("并入未结案件", "Add to an open case"),
    "assignee": Words("交给", "Hand over to"),
    "recovered": Words("金额（元）", "Amount in yuan"),
    "recovered_on": Words("到账日期", "Came back on"),
    "role": Words("角色", "Role"),
    "agency": Words("机构（仅机构主管）", "Agency (of a supervisor)"),
    "new_agency": Words("确为新机构", "An agency that is new"),
    "name": Words("名称", "Name"),
    "shared": Words("与同角色同机构的人共用", "shared with those of my role and agency"),
    "view": Words("综合查询", "Combined query"),
    "query": Words("条件", "Filter"),
}
_LOG_IN_NAME: Final = Words("登录名", "Name")


class GivenBack(Struct, frozen=True):
    """A field as its form calls it, and what was chosen in it, or typed, which stays the text that it is."""

    label: Words | str
    told: tuple[Words | str, ...]


def given_back(route: str, fields: Iterable[tuple[str, str]]) -> tuple[GivenBack, ...]:
    """The fields of a form that was sent to a route, each once; without what its page writes by itself."""
    found: dict[str, list[str]] = {}
    for name, told in fields:
        if told and name not in _NOT_TYPED:
            found.setdefault(name, []).append(told)
    return tuple(
        GivenBack(label_of(route, name), tuple(_told(name, one) for one in texts)) for name, texts in found.items()
    )


def label_of(route: str, name: str) -> Words | str:
    """What a form calls a field; its own name where no form of ours has it."""
    if (route, name) == ("/people", "name"):
        return _LOG_IN_NAME
    return _LABELS.get(name, name)


def _told(name: str, text: str) -> Words | str:
    try:
        return _CHOICES[name](text)
    except (KeyError, ValueError):
        # What was typed, or a choice that the form does not offer: nothing of it is lost.
        return text


def _codes(text: str) -> Words:
    reason, _, action = text.partition(":")
    why, what = said(Reason(reason)), said(ActionTaken(action))
    return Words(f"{why.zh} · {what.zh}", f"{why.en} · {what.en}")


def _moment(text: str) -> str:
    # As everybody writes it: the browser sends the form of ISO 8601.
    return text.replace("T", " ")


_CHOICES: Final[Mapping[str, Callable[[str], Words | str]]] = {
    "start": _moment,
    "end": _moment,
    "codes": _codes,
    "items": said_of_item,
    "place": lambda text: said(Place(text)),
    "role": lambda text: said(Role(text)),
    "shared": lambda _: Words("是", "yes"),
    "view": lambda text: VIEWS[text].label,
}
