"""What the screens call a value of any vocabulary, and an item of the catalogue."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from ingest_server.cases.step import Action, Outcome, State
from ingest_server.exports.file import Format
from ingest_server.queries.columns import Operator
from ingest_server.store.accounts import Role
from ingest_server.store.checks import Checked
from ingest_server.store.trail import Deed
from ingest_server.store.wanted import Order, Work
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
    State: {
        "pending": Words("待处理", "pending"),
        "investigating": Words("核查中", "investigating"),
        "awaiting_information": Words("待补材料", "awaiting information"),
        "pending_second_approval": Words("待第二人复核", "pending second approval"),
        "closed": Words("已结案", "closed"),
    },
    Outcome: {
        "confirmed": Words("属实", "confirmed"),
        "irregular": Words("不规范", "irregular"),
        "false_alarm": Words("误报", "false alarm"),
        "inconclusive": Words("无法判断", "inconclusive"),
    },
    Action: {
        "open": Words("立案", "opened"),
        "take": Words("接手", "take over"),
        "comment": Words("备注", "comment"),
        "snooze": Words("稍后处理", "snooze"),
        "ask": Words("索取材料", "ask for information"),
        "answer": Words("材料已补", "information is here"),
        "close": Words("结案", "close"),
        "propose": Words("提请第二人复核", "propose to a second person"),
        "acknowledge": Words("知悉", "acknowledge"),
        "statement": Words("护理员说明", "caregiver's statement"),
        "approve": Words("复核同意", "approve"),
        "return": Words("复核退回", "return"),
        "reopen": Words("重新立案", "reopen"),
        "appeal": Words("申诉", "appeal"),
        "undo": Words("撤销上一步", "undo"),
    },
    Work: {
        "waiting": Words("待处理", "waiting"),
        "snoozed": Words("暂缓", "snoozed"),
        "handled": Words("已处理", "handled"),
    },
    Order: {
        "loss": Words("预计损失大的在前", "most expected loss first"),
        "newest": Words("最新的在前", "newest first"),
    },
    Checked: {
        "digest": Words("内容的散列与登记的一致（SHA-256）", "the bytes have the digest that was entered (SHA-256)"),
        "signature": Words("设备的签名有效（Ed25519）", "the device's signature holds (Ed25519)"),
        "before": Words("接在设备的上一条记录之后", "it follows the device's record before it"),
        "after": Words("设备的下一条记录接在它之后", "the device's next record follows it"),
        "ledger": Words(
            "在账本中，位置与登记的一致（RFC 6962）", "it is in the ledger, where it was entered (RFC 6962)"
        ),
        "root": Words("审计路径通到账本现在的根", "the audit path leads to the ledger's root of now"),
    },
    Operator: {
        "is": Words("等于", "is"),
        "in": Words("是其中之一", "is one of"),
        "from": Words("从", "from"),
        "to": Words("到", "up to"),
        "begins": Words("开头是", "begins with"),
        "contains": Words("包含", "contains"),
        "empty": Words("为空", "is empty"),
    },
    Format: {
        "csv": Words("CSV", "CSV"),
        "xlsx": Words("Excel", "Excel"),
        "sqlite": Words("SQLite", "SQLite"),
    },
    Deed: {
        "log_in": Words("登录", "log in"),
        "log_out": Words("退出", "log out"),
        "read": Words("查看", "read"),
        "decide": Words("处理", "decide"),
        "export": Words("导出", "export"),
        "save": Words("保存查询", "keep a query"),
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
