"""The views of caregivers, agencies, recipients and devices, each with the sums of its visits. Data."""

from typing import Final

from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.queries.views_visits import AGENCY, CAREGIVER, DEVICE, RECIPIENT
from ingest_server.vocabulary import DeviceState
from ingest_server.words.bilingual import Words

_MONTH: Final = ViewColumn(
    "month",
    Kind.MONTH,
    Words("统计月份", "counted months"),
    Words("只用于筛选：哪些月份的服务计入合计", "for filtering alone: the months whose visits are summed"),
    shown=False,
)
_SUMS: Final = (
    ViewColumn(
        "visits",
        Kind.COUNT,
        Words("服务次数", "visits"),
        Words("计入的服务次数；同一服务的多份记录只计一次", "how many visits are counted, several records of one once"),
    ),
    ViewColumn(
        "at_risk_yuan",
        Kind.YUAN,
        Words("预计损失", "at risk"),
        Words("各次预计损失之和", "what is at risk at them together"),
    ),
    ViewColumn(
        "first_month",
        Kind.MONTH,
        Words("首月", "first month"),
        Words("有服务计入的最早月份", "the first month with a visit"),
        asked=False,
    ),
    ViewColumn(
        "last_month",
        Kind.MONTH,
        Words("末月", "last month"),
        Words("有服务计入的最近月份", "the last month with a visit"),
        asked=False,
    ),
)
CAREGIVERS: Final = View(
    "caregivers",
    Words("护理员", "caregivers"),
    Words("每名护理员在每个机构一行：各月合计", "a row for each caregiver at each agency: the sums of months"),
    (CAREGIVER, AGENCY, _MONTH, *_SUMS),
    key=("caregiver", "agency"),
    orders=("caregiver", "visits", "at_risk_yuan"),
    falling=False,
)
AGENCIES: Final = View(
    "agencies",
    Words("机构", "agencies"),
    Words("每个机构一行：各月合计", "a row for each agency: the sums of months"),
    (AGENCY, _MONTH, *_SUMS),
    key=("agency",),
    orders=("agency", "visits", "at_risk_yuan"),
    falling=False,
)
RECIPIENTS: Final = View(
    "recipients",
    Words("被护理人", "recipients"),
    Words("每名被护理人在每个机构一行：各月合计", "a row for each recipient at each agency: the sums of months"),
    (
        RECIPIENT,
        AGENCY,
        ViewColumn(
            "disability_level",
            Kind.COUNT,
            Words("失能等级", "disability level"),
            Words("名册所载等级，未登记为空", "as the registry has it; empty where it has none"),
            may_be_empty=True,
        ),
        _MONTH,
        *_SUMS,
    ),
    key=("recipient", "agency"),
    orders=("recipient", "visits", "at_risk_yuan"),
    falling=False,
)
DEVICES: Final = View(
    "devices",
    Words("设备", "devices"),
    Words("每台已登记设备一行，尚无服务的也在内", "a row for each enrolled device, those without a visit too"),
    (
        DEVICE,
        AGENCY,
        ViewColumn(
            "state",
            Kind.WORD,
            Words("状态", "state"),
            Words("吊销的设备，其记录不再接收", "records of one that is revoked are not taken"),
            vocabulary=DeviceState,
        ),
        ViewColumn("enrolled", Kind.MOMENT, Words("登记", "enrolled"), Words("登记时间", "when it was enrolled")),
        ViewColumn(
            "visits",
            Kind.COUNT,
            Words("服务次数", "visits"),
            Words("在本机构计入的服务次数", "how many of its visits are counted at its agency"),
        ),
        ViewColumn(
            "at_risk_yuan",
            Kind.YUAN,
            Words("预计损失", "at risk"),
            Words("各次预计损失之和", "what is at risk at them together"),
        ),
    ),
    key=("device",),
    orders=("device", "visits", "at_risk_yuan", "enrolled"),
    falling=False,
)
