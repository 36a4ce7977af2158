"""The views of cases and of their steps. Data."""

from typing import Final

from ingest_server.cases.step import Action, Outcome, State
from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.queries.views_visits import AGENCY, CLOSED, OF_FUND
from ingest_server.words.bilingual import Words

CASE: Final = ViewColumn(
    "case",
    Kind.COUNT,
    Words("案件", "case"),
    Words("案件编号，按立案先后", "the number of the case, in the order of opening"),
    leads=True,
    page="/cases/{}",
)
CASES: Final = View(
    "cases",
    Words("案件", "cases"),
    Words("每个案件一行，为最近一步之后的状态", "a row for each case, as it stands after its last step"),
    (
        CASE,
        AGENCY,
        ViewColumn(
            "state",
            Kind.WORD,
            Words("状态", "state"),
            Words("案件处于哪一步", "where the case stands"),
            vocabulary=State,
            leads=True,
        ),
        ViewColumn(
            "outcome",
            Kind.WORD,
            Words("结论", "outcome"),
            Words("结案结论，未结为空", "what it was closed as; empty while it is open"),
            vocabulary=Outcome,
            may_be_empty=True,
        ),
        ViewColumn(
            "assignee",
            Kind.ID,
            Words("承办人", "assignee"),
            Words("接手此案或被交办的人", "who took it over, or was handed it"),
            may_be_empty=True,
            leads=True,
        ),
        ViewColumn(
            "proposed_by",
            Kind.ID,
            Words("提请人", "proposed by"),
            Words("提请第二人复核的人", "who proposed the outcome to a second person"),
            may_be_empty=True,
        ),
        ViewColumn(
            "due",
            Kind.MOMENT,
            Words("期限", "due"),
            Words("应在此前结案", "until when it is to be closed"),
            may_be_empty=True,
        ),
        ViewColumn("opened", Kind.MOMENT, Words("立案", "opened"), Words("第一步的时间", "when it was opened")),
        ViewColumn(
            "changed", Kind.MOMENT, Words("最近处理", "changed"), Words("最近一步的时间", "when a step was last taken")
        ),
        CLOSED,
        OF_FUND,
        ViewColumn(
            "visits",
            Kind.COUNT,
            Words("服务数", "visits"),
            Words("案件涉及的服务记录数", "how many records of visits it is about"),
            asked=False,
        ),
        ViewColumn(
            "at_risk_yuan",
            Kind.YUAN,
            Words("预计损失", "at risk"),
            Words("所涉服务的预计损失之和", "what is at risk at its visits together"),
            asked=False,
        ),
    ),
    key=("case",),
    orders=("case", "due", "opened", "changed"),
)  # fmt: skip
CASE_STEPS: Final = View(
    "case_steps",
    Words("案件步骤", "case steps"),
    Words("每一步一行：谁在何时做了什么", "a row for each step: who did what, and when"),
    (
        CASE,
        ViewColumn("number", Kind.COUNT, Words("第几步", "number"), Words("在本案中的序号", "its place in the case")),
        AGENCY,
        ViewColumn(
            "action", Kind.WORD, Words("操作", "action"), Words("做了什么", "what was done"), vocabulary=Action
        ),
        ViewColumn("actor", Kind.ID, Words("操作人", "actor"), Words("谁做的", "who did it")),
        ViewColumn("at", Kind.MOMENT, Words("时间", "at"), Words("何时做的", "when it was done")),
        ViewColumn(
            "outcome",
            Kind.WORD,
            Words("结论", "outcome"),
            Words("这一步给出或提请的结论", "the outcome that the step gave or proposed"),
            vocabulary=Outcome,
            may_be_empty=True,
        ),
        ViewColumn(
            "until",
            Kind.MOMENT,
            Words("至", "until"),
            Words("期限，或暂缓到何时", "until when it is due, or put off"),
            may_be_empty=True,
        ),
        ViewColumn(
            "assignee",
            Kind.ID,
            Words("交给", "handed to"),
            Words("这一步把案件交给谁", "to whom the step handed the case"),
            may_be_empty=True,
        ),
        ViewColumn(
            "recovered_yuan",
            Kind.YUAN,
            Words("追回", "recovered"),
            Words("这一步登记的追回金额，负数为更正", "what the step entered as recovered; negative corrects"),
            may_be_empty=True,
        ),
        ViewColumn(
            "recovered_on",
            Kind.TEXT,
            Words("到账日期", "came back on"),
            Words("到账的当地日期，如 2026-09-22", "the local day on which it came back, such as 2026-09-22"),
            may_be_empty=True,
        ),
        ViewColumn(
            "note", Kind.TEXT, Words("备注", "note"), Words("当时写下的理由", "what was written"), may_be_empty=True
        ),
    ),
    key=("case", "number"),
    orders=("case", "at"),
)  # fmt: skip
