"""The view of edits: who corrected which field of which visit, why, and what was captured. Data."""

from typing import Final

from ingest_server.edits.codes import ActionTaken, Field, Reason
from ingest_server.edits.edit import Mark
from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.queries.views_visits import AGENCY, CAREGIVER, RECORD, VISIT
from ingest_server.words.bilingual import Words

_MARKS: Final = (
    (Mark.LENGTHENS, Words("延长时间", "lengthens"), Words("比采集的时间更长", "longer than what was captured")),
    (Mark.ADDS_ITEMS, Words("增加项目", "adds items"), Words("增加了服务项目", "claims items beyond those captured")),
    (
        Mark.CHANGES_PERSON,
        Words("更换人员", "changes person"),
        Words("更换了护理员或被护理人", "another caregiver or recipient"),
    ),
    (Mark.LATE, Words("逾七天", "late"), Words("七天之后才更正", "made after a week")),
    (
        Mark.DOUBTED,
        Words("服务存疑", "doubted"),
        Words("更正时服务待复核", "the visit was in doubt when it was edited"),
    ),
)
EDITS: Final = View(
    "edits",
    Words("更正", "edits"),
    Words(
        "每次更正的每项改动一行；没有改动内容的撤回也占一行。采集的记录始终不变",
        "a row for each field that an edit changed, one for a withdrawal that changed none; what was captured stays",
    ),
    (
        ViewColumn(
            "edit",
            Kind.COUNT,
            Words("更正序号", "edit"),
            Words("全部更正中的序号，按先后", "its place among all edits, in the order of making"),
            leads=True,
        ),
        ViewColumn(
            "change",
            Kind.COUNT,
            Words("第几项", "change"),
            Words("同一更正的第几项改动，从 0 起", "which of its changes, from 0"),
        ),
        ViewColumn(
            "at", Kind.MOMENT, Words("时间", "at"), Words("更正时间，服务器时间", "by the server's clock"), leads=True
        ),
        ViewColumn("actor", Kind.ID, Words("更正人", "actor"), Words("谁更正的", "who made it"), leads=True),
        AGENCY,
        VISIT,
        CAREGIVER,
        ViewColumn(
            "number",
            Kind.COUNT,
            Words("第几次", "number"),
            Words("该服务的第几次更正", "which edit of its visit, from 1"),
        ),
        ViewColumn(
            "field",
            Kind.WORD,
            Words("内容", "field"),
            Words("改动了什么，撤回未改动时为空", "what was changed; empty where a withdrawal changed nothing"),
            vocabulary=Field,
            may_be_empty=True,
        ),
        ViewColumn(
            "captured",
            Kind.TEXT,
            Words("采集", "captured"),
            Words("设备记录的值，时间在另一列", "as the device has it; times have a column of their own"),
            may_be_empty=True,
        ),
        ViewColumn(
            "edited",
            Kind.TEXT,
            Words("更正为", "edited"),
            Words("更正后的值，时间在另一列", "as the edit has it; times have a column of their own"),
            may_be_empty=True,
        ),
        ViewColumn(
            "captured_at",
            Kind.MOMENT,
            Words("采集时间", "captured at"),
            Words("改动起止时间时，设备记录的时间", "of a start or an end: the captured time"),
            may_be_empty=True,
        ),
        ViewColumn(
            "edited_at",
            Kind.MOMENT,
            Words("更正后时间", "edited at"),
            Words("改动起止时间时，更正后的时间", "of a start or an end: the time after the edit"),
            may_be_empty=True,
        ),
        ViewColumn(
            "reason", Kind.WORD, Words("原因", "reason"), Words("为什么更正", "what went wrong"), vocabulary=Reason
        ),
        ViewColumn(
            "action",
            Kind.WORD,
            Words("处理", "action"),
            Words("为此做了什么", "what was done to make sure"),
            vocabulary=ActionTaken,
        ),
        ViewColumn(
            "memo", Kind.TEXT, Words("备注", "memo"), Words("当时写下的说明", "what was written"), may_be_empty=True
        ),
        ViewColumn(
            "withdraws",
            Kind.COUNT,
            Words("撤回", "withdraws"),
            Words("撤回该服务的第几次更正", "which edit of its visit it takes back"),
            may_be_empty=True,
        ),
        ViewColumn(
            "withdrawn",
            Kind.YES_NO,
            Words("已撤回", "withdrawn"),
            Words("后来被撤回", "whether it was taken back later"),
        ),
        *(ViewColumn(mark.value, Kind.YES_NO, label, means) for mark, label, means in _MARKS),
        RECORD,
    ),
    key=("edit", "change"),
    orders=("edit",),
)
