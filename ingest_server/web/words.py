"""What the screens call a value of any vocabulary, and an item of the catalogue."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from ingest_server.store.accounts import Role
from ingest_server.store.trail import Deed
from ingest_server.words.bilingual import Words
from ingest_server.words.judged import JUDGED
from ingest_server.words.recorded import RECORDED
from visit_record.catalogue import ServiceItem, service_items

_NAMES: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = {
    **RECORDED,
    **JUDGED,
    Role: {
        "supervisor": Words("机构主管", "supervisor"),
        "auditor": Words("基金稽核", "auditor"),
        "administrator": Words("管理员", "administrator"),
    },
    Deed: {
        "log_in": Words("登录", "log in"),
        "log_out": Words("退出", "log out"),
        "read": Words("查看", "read"),
        "export": Words("导出", "export"),
        "decide": Words("处理", "decide"),
    },
}


def said(value: StrEnum) -> Words:
    """What a value of the vocabulary is called. A test holds that every value has its words."""
    return _NAMES[type(value)][value.value]


def said_of_item(item: str) -> Words:
    """What a service item is called; its own id where the catalogue does not have it."""
    found = _items().get(item)
    return Words(found.zh, found.en) if found else Words(item, item)


@cache
def _items() -> Mapping[str, ServiceItem]:
    return service_items()
