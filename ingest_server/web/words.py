"""What the screens call a value of any vocabulary, and an item of the catalogue."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final, TypeVar

from ingest_server.cases.step import Action, Outcome, State
from ingest_server.edits.codes import FIELD_WORDS, ActionTaken, Field, Place, Reason
from ingest_server.edits.edit import Mark
from ingest_server.edits.shares import EditorKind
from ingest_server.evv.fields import Element
from ingest_server.exports.file import Format
from ingest_server.fleet.throttling import Throttling
from ingest_server.fleet.told import Changed, Link
from ingest_server.queries.columns import Operator
from ingest_server.store.checks import Checked
from ingest_server.store.movements import Tried
from ingest_server.store.sessions import Kind
from ingest_server.store.visit_notes import NoteStanding
from ingest_server.store.wanted import Order, Work
from ingest_server.vocabulary import Deed, DeviceState, Role
from ingest_server.web.strips import Measure
from ingest_server.words.bilingual import Words
from ingest_server.words.judged import JUDGED
from visit_record.catalogue import ServiceItem, service_items
from visit_record.fitted import FAULTS, PARTS, STATES, Part, SensorState
from visit_record.fitted import Fault as PartFault
from visit_record.words import RECORDED

StrEnumT = TypeVar("StrEnumT", bound=StrEnum)


def _spelt(named: Mapping[StrEnumT, Words]) -> Mapping[str, Words]:
    return {value.value: words for value, words in named.items()}


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
        "confirmed": Words("疑点属实", "suspicion confirmed"),
        "irregular": Words("不规范", "irregular"),
        "false_alarm": Words("误报", "false alarm"),
        "inconclusive": Words("无法判断", "inconclusive"),
    },
    Action: {
        "open": Words("立案", "opened"),
        "take": Words("接手", "take over"),
        "add": Words("并入服务", "add visits"),
        "assign": Words("交办", "hand over"),
        "set_due": Words("改期限", "set the deadline"),
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
        "recover": Words("登记追回", "enter money recovered"),
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
    NoteStanding: {
        "own": Words("写者本人的服务", "the writer's own visit"),
        "others": Words("别人的服务，不计入", "somebody else's visit: not counted"),
        "unknown": Words("没有这条记录", "no such record is known"),
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
        "manage": Words("管理", "manage"),
        "save": Words("保存查询", "keep a query"),
    },
    Field: FIELD_WORDS,
    Place: {
        "home": Words("家中", "at home"),
        "institution": Words("医院或机构", "hospital or institution"),
        "outdoors": Words("户外", "outdoors"),
        "other": Words("其他地点", "elsewhere"),
    },
    Reason: {
        "forgot_check_in": Words("忘记签到", "forgot to check in"),
        "forgot_check_out": Words("忘记签退", "forgot to check out"),
        "checked_early_or_late": Words("签到签退过早或过晚", "checked in or out early or late"),
        "device_fault": Words("设备故障", "device fault"),
        "device_clock": Words("设备时钟有误", "device's clock was wrong"),
        "wrong_item": Words("选错项目", "wrong item pressed"),
        "item_not_entered": Words("漏选项目", "item not entered"),
        "service_cut_short": Words("服务提前结束", "service cut short"),
        "wrong_recipient": Words("选错被护理人", "wrong recipient chosen"),
        "wrong_caregiver": Words("选错护理员", "wrong caregiver chosen"),
        "outside_the_home": Words("在外服务", "given outside the home"),
        "emergency": Words("突发情况", "emergency"),
        "other": Words("其他原因", "another reason"),
        "entered_in_error": Words("误录，撤回更正", "entered in error"),
    },
    ActionTaken: {
        "confirmed_by_recipient": Words("已由本人或家属核实", "confirmed by the recipient or family"),
        "signed_timesheet": Words("已收签字服务单", "signed sheet received"),
        "document_on_file": Words("材料已存档", "document on file"),
        "order_compared": Words("已核对工单", "compared with the order"),
        "caregiver_stated": Words("护理员已书面说明", "caregiver's written statement"),
        "caregiver_instructed": Words("已提醒护理员", "caregiver instructed"),
        "device_sent_for_repair": Words("设备已报修或更换", "device sent for repair or replaced"),
        "clock_set": Words("已校准时钟", "clock was set"),
        "edit_withdrawn": Words("已撤回", "edit withdrawn"),
    },
    Mark: {
        "lengthens": Words("延长时间", "longer than captured"),
        "adds_items": Words("增加项目", "adds items"),
        "changes_person": Words("更换人员", "changes a person"),
        "late": Words("逾七天更正", "made after a week"),
        "doubted": Words("服务存疑", "visit in doubt"),
    },
    Element: {
        "service type": Words("服务类型", "service type"),
        "recipient": Words("被护理人", "recipient"),
        "date": Words("日期", "date"),
        "location": Words("地点", "location"),
        "provider": Words("提供者", "provider"),
        "start": Words("开始", "start"),
        "end": Words("结束", "end"),
        "start, end": Words("开始、结束", "start, end"),
    },
    EditorKind: {
        "caregiver": Words("护理员", "caregiver"),
        "supervisor": Words("机构主管", "supervisor"),
    },
    Tried: {
        "shadow": Words("影子运行", "shadow run"),
        "replay": Words("历史重放", "replay over history"),
    },
    DeviceState: {
        "active": Words("启用", "active"),
        "revoked": Words("已吊销", "revoked"),
    },
    Part: _spelt(PARTS),
    # A device says of one that it has given up that it is not used any more in this visit: here there is none.
    SensorState: {**_spelt(STATES), "failed": Words("已停用", "out of use")},
    PartFault: _spelt(FAULTS),
    Link: {
        "online": Words("在线", "online"),
        "offline": Words("离线", "offline"),
    },
    Changed: {
        "link": Words("连接", "connection"),
        "software": Words("程序版本", "software"),
        "sensor": Words("传感器", "sensor"),
    },
    Throttling: {
        "under_voltage": Words("此刻电压不足", "too little voltage now"),
        "slowed": Words("此刻降速", "slowed down now"),
        "was_under_voltage": Words("启动以来曾电压不足", "too little voltage at some time since the start"),
        "was_slowed": Words("启动以来曾降速", "slowed down at some time since the start"),
    },
    Measure: {
        "heard": Words("有自述的小时", "hours with a word"),
        "temperature": Words("最高温度", "highest temperature"),
        "disk": Words("最少剩余空间", "least free space"),
        "waiting": Words("最多待送记录", "most records waiting"),
        "throttled": Words("供电或降速", "power or slowing down"),
        "clock": Words("时钟未校时", "clock unsynchronised"),
        "sensor": Words("传感器", "sensor"),
    },
    Kind: {
        "session": Words("网页会话", "session of a browser"),
        "token": Words("接口令牌", "token of a program"),
    },
}


def said(value: StrEnum) -> Words:
    """What a value of the vocabulary is called. A test holds that every value has its words."""
    return _NAMES[type(value)][value.value]


def said_of_item(item: str) -> Words:
    """What a service item is called; its own id where the catalogue does not have it."""
    found = _items().get(item)
    return Words(found.zh, found.en) if found else Words(item, item)


def said_of_told(kind: type[StrEnum], told: str) -> Words:
    """What a word of a health message is called; the word itself where a newer device has one of its own."""
    return said(kind(told)) if told in list(kind) else Words(told, told)


@cache
def _items() -> Mapping[str, ServiceItem]:
    return service_items()
