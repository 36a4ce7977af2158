"""The views of visits, and of what was raised at them. Data."""

from typing import Final

from msgspec.structs import replace

from ingest_server.cases.step import Outcome, State
from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import Band
from ingest_server.words.bilingual import Words
from visit_record.chain import LinkState
from visit_record.vocabulary import ExceptionClass, Typology

VISIT: Final = ViewColumn(
    "visit",
    Kind.ID,
    Words("服务编号", "visit"),
    Words("设备为一次服务生成的编号（UUIDv7）", "what the device calls the visit, UUIDv7"),
    leads=True,
    page="/visits/{}",
)
RECORD: Final = ViewColumn(
    "record",
    Kind.ID,
    Words("记录摘要", "record"),
    Words(
        "记录的 SHA-256；一次服务可有多份记录，各占一行", "SHA-256 of the record; a visit may have several, a row each"
    ),
    leads=True,
)
AGENCY: Final = ViewColumn(
    "agency",
    Kind.ID,
    Words("机构", "agency"),
    Words("派出护理员的定点护理机构", "the agency that sent the caregiver"),
    leads=True,
    page="/agencies/{}",
)
CHECK_IN: Final = ViewColumn(
    "check_in",
    Kind.MOMENT,
    Words("签到", "check-in"),
    Words("签到时间，按设备时钟", "when the caregiver checked in, by the device's clock"),
    leads=True,
)
CAREGIVER: Final = ViewColumn(
    "caregiver",
    Kind.ID,
    Words("护理员", "caregiver"),
    Words("护理员编号", "the caregiver's id"),
    leads=True,
    page="/caregivers/{}",
)
RECIPIENT: Final = ViewColumn(
    "recipient",
    Kind.ID,
    Words("被护理人", "recipient"),
    Words("被护理人编号", "the cared-for person's id"),
    leads=True,
    page="/recipients/{}",
)
DEVICE: Final = ViewColumn(
    "device",
    Kind.ID,
    Words("设备", "device"),
    Words("记录这次服务的设备", "the device that witnessed the visit"),
    leads=True,
    page="/devices/{}",
)
BAND: Final = ViewColumn(
    "band",
    Kind.WORD,
    Words("判断", "band"),
    Words("现行评分归入哪一类", "where the standing verdict puts the visit"),
    vocabulary=Band,
)
HANDLED: Final = ViewColumn(
    "handled",
    Kind.YES_NO,
    Words("已处理", "handled"),
    Words("案件已结，或正待第二人复核", "its case is closed, or waits for a second person"),
)
CLOSED: Final = ViewColumn(
    "closed",
    Kind.MOMENT,
    Words("结案", "closed"),
    Words("结案时间，未结为空", "since when the case is closed; empty while it is open"),
    may_be_empty=True,
)
OF_FUND: Final = ViewColumn(
    "of_fund",
    Kind.YES_NO,
    Words("基金接办", "of the fund"),
    Words(
        "基金接办过此案；否则由机构自行处理", "whether the fund took the case on; else the agency dealt with it itself"
    ),
)
VISITS: Final = View(
    "visits",
    Words("服务", "visits"),
    Words("每份服务记录一行，连同现行评分和案件", "a row for each record, with its standing verdict and its case"),
    (
        VISIT,
        CHECK_IN,
        ViewColumn("check_out", Kind.MOMENT, Words("签退", "check-out"), Words("签退时间", "when the visit ended")),
        ViewColumn(
            "duration_min",
            Kind.MINUTES,
            Words("时长", "duration"),
            Words("按设备单调时钟，不受改钟影响", "by the device's steady clock, which nobody can set"),
        ),
        AGENCY,
        ViewColumn(
            "district",
            Kind.ID,
            Words("区", "district"),
            Words("只用于筛选：机构登记所属的区", "for filtering alone: the district that the agency is registered in"),
            shown=False,
        ),
        CAREGIVER,
        RECIPIENT,
        DEVICE,
        BAND,
        ViewColumn(
            "theme",
            Kind.WORD,
            Words("预警", "theme"),
            Words(
                "只用于筛选：总览中把这次服务计入的主题，可有多个",
                "for filtering alone: the early warnings of the overview that count the visit, which may be several",
            ),
            vocabulary=Theme,
            shown=False,
        ),
        ViewColumn(
            "typology",
            Kind.WORD,
            Words("最可能的情形", "typology"),
            Words("各种情形中可能性最大的一种", "the most probable of the ways in which a visit goes"),
            vocabulary=Typology,
        ),
        ViewColumn(
            "suspicion",
            Kind.SHARE,
            Words("可疑度", "suspicion"),
            Words("不是真实服务的概率", "the probability that it was not genuine"),
        ),
        ViewColumn(
            "observed_share",
            Kind.SHARE,
            Words("可观测", "observed"),
            Words("应看到的证据中实际看到的比例", "how much of what could be observed was"),
        ),
        ViewColumn(
            "gravest",
            Kind.WORD,
            Words("最重异常", "gravest"),
            Words("各异常中最重的一级，无异常为空", "the gravest class of its exceptions, or empty"),
            vocabulary=ExceptionClass,
            may_be_empty=True,
        ),
        ViewColumn(
            "at_risk_yuan",
            Kind.YUAN,
            Words("预计损失", "at risk"),
            Words("应付费用中基金承担部分乘以可疑度", "what is billed, times the fund's share, times the suspicion"),
        ),
        ViewColumn(
            "chain",
            Kind.WORD,
            Words("记录链", "chain"),
            Words("记录与本设备前一条是否相连", "how the record stands in its device's chain"),
            vocabulary=LinkState,
        ),
        HANDLED,
        ViewColumn(
            "snoozed_until",
            Kind.MOMENT,
            Words("暂缓至", "snoozed until"),
            Words("在此之前不在待处理列表中", "until then it is out of the queue"),
            may_be_empty=True,
        ),
        ViewColumn(
            "case",
            Kind.COUNT,
            Words("案件", "case"),
            Words("所在案件的编号", "the number of its case"),
            may_be_empty=True,
            leads=True,
            page="/cases/{}",
        ),
        ViewColumn(
            "case_state",
            Kind.WORD,
            Words("案件状态", "case state"),
            Words("所在案件的状态", "how its case stands"),
            vocabulary=State,
            may_be_empty=True,
        ),
        ViewColumn(
            "outcome",
            Kind.WORD,
            Words("结论", "outcome"),
            Words("所在案件的结论", "the outcome of its case"),
            vocabulary=Outcome,
            may_be_empty=True,
        ),
        replace(CLOSED, leads=True),
        OF_FUND,
        ViewColumn(
            "calibration",
            Kind.ID,
            Words("校准表", "calibration"),
            Words("现行评分所用的校准表版本", "the version of the calibration that weighed it"),
        ),
        ViewColumn(
            "rules",
            Kind.ID,
            Words("规则版本", "rules"),
            Words("现行评分所用的规则版本", "the version of the rules that were asked"),
        ),
        ViewColumn(
            "counted",
            Kind.YES_NO,
            Words("计入合计", "counted"),
            Words(
                "同一服务有多份记录时，只有最先入账的一份计入合计",
                "whether it is in the sums: of several records of one visit the first in the ledger is",
            ),
        ),
        RECORD,
    ),
    key=("record",),
    orders=("check_in", "at_risk_yuan", "suspicion", "observed_share", "duration_min"),
)  # fmt: skip
