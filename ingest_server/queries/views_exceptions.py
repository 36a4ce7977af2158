"""The view of what visits raised, by which they are found. Data."""

from typing import Final

from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.queries.views_visits import (
    AGENCY,
    BAND,
    CAREGIVER,
    CHECK_IN,
    DEVICE,
    HANDLED,
    RECIPIENT,
    RECORD,
    VISIT,
)
from ingest_server.words.bilingual import Words
from visit_record.vocabulary import ExceptionClass, ExceptionCode

EXCEPTIONS: Final = View(
    "exceptions",
    Words("异常", "exceptions"),
    Words(
        "每次服务的每种异常一行，按现行评分；记录链的缺号与分叉也在内，补齐后即消失",
        "a row for each code that a visit raises by its standing verdict, however often; gaps and forks of the chain"
        " are among them, a gap until it closes",
    ),
    (
        ViewColumn(
            "code",
            Kind.WORD,
            Words("异常", "code"),
            Words("哪一种异常", "which exception it is"),
            vocabulary=ExceptionCode,
            leads=True,
        ),
        ViewColumn(
            "class",
            Kind.WORD,
            Words("等级", "class"),
            Words("要求何人何为；同种异常取最重", "what it asks of people; of several of the code the gravest"),
            vocabulary=ExceptionClass,
        ),
        CHECK_IN,
        AGENCY,
        VISIT,
        CAREGIVER,
        RECIPIENT,
        DEVICE,
        BAND,
        HANDLED,
        RECORD,
    ),
    key=("record", "code"),
    orders=("check_in",),
)  # fmt: skip
