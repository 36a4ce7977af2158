"""What each field of the EVV export is, in both languages: for the page, the API and ``docs/evv.md``. Pure.

A text names fields and codes between backticks, as the document does.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from ingest_server.words.bilingual import Words


class Element(StrEnum):
    """Which of the six data elements a field tells."""

    SERVICE_TYPE = "service type"
    RECIPIENT = "recipient"
    DATE = "date"
    LOCATION = "location"
    PROVIDER = "provider"
    START = "start"
    END = "end"
    START_AND_END = "start, end"


class Described(Struct, frozen=True):
    """A field by its name, and what it is; ``None`` where it tells none of the six."""

    name: str
    element: Element | None
    means: Words


DESCRIBED: Final = (
    Described("visit", None, Words("服务编号，UUIDv7", "id of the visit, UUIDv7")),
    Described(
        "record_digest",
        None,
        Words(
            "已封存记录的 SHA-256，用于在账本中查找："
            "`GET /api/v1/visits/{visit}?record={record_digest}` 给出其字节、签名与收录证明",
            "SHA-256 of the sealed record, to look it up in the ledger: `GET "
            "/api/v1/visits/{visit}?record={record_digest}` answers with its bytes, signature and "
            "proof of inclusion",
        ),
    ),
    Described("log_index", None, Words("它在账本中的叶序号", "its leaf in the ledger")),
    Described(
        "state",
        None,
        Words(
            "`intact`：完好；`verdict_unreadable`：`exceptions` 不明；"
            "`altered`：所存记录已与收到时不同，仅填写本字段及其前后的编号",
            "`intact`; `verdict_unreadable`: `exceptions` are not known; `altered`: the stored "
            "record is no longer what was received, and only this field and the ids before and after "
            "it are filled",
        ),
    ),
    Described("agency", Element.PROVIDER, Words("机构", "the agency")),
    Described("service_date", Element.DATE, Words("更正后开始时间所在日期", "day of the start as it stands")),
    Described(
        "items_planned",
        Element.SERVICE_TYPE,
        Words("工单的项目，按目录编号", "items of the order, by the ids of the catalogue"),
    ),
    Described(
        "items_captured",
        Element.SERVICE_TYPE,
        Words("护理员在设备上申报的项目", "items that the caregiver claimed on the device"),
    ),
    Described(
        "items_edited",
        Element.SERVICE_TYPE,
        Words(
            "更正后的项目；与采集相同则为空，JSON 中 `[]` 表示更正后一项不剩",
            "items as they stand; empty where as captured, and `[]` in JSON where an edit left none",
        ),
    ),
    Described("recipient_captured", Element.RECIPIENT, Words("被护理人编号", "id of the recipient")),
    Described(
        "recipient_edited",
        Element.RECIPIENT,
        Words("更正后；与采集相同则为空", "as it stands; empty where as captured"),
    ),
    Described("caregiver_captured", Element.PROVIDER, Words("护理员编号", "id of the caregiver")),
    Described(
        "caregiver_edited", Element.PROVIDER, Words("更正后；与采集相同则为空", "as it stands; empty where as captured")
    ),
    Described(
        "checked_in_by",
        Element.PROVIDER,
        Words(
            "签到所用的方式，不表示认出了谁：`face` 人脸、`voice` 声纹，或 `pin` 密码、`supervisor_code` 主管授权码",
            "the way of checking in, whoever it recognised: `face`, `voice`; or `pin`, `supervisor_code`",
        ),
    ),
    Described("start_planned", Element.START, Words("工单所定", "of the order")),
    Described("start_captured", Element.START, Words("设备上的签到", "check-in on the device")),
    Described(
        "start_edited", Element.START, Words("更正后；与采集相同则为空", "as it stands; empty where as captured")
    ),
    Described("end_planned", Element.END, Words("工单所定", "of the order")),
    Described("end_captured", Element.END, Words("设备上的签退", "check-out on the device")),
    Described("end_edited", Element.END, Words("更正后；与采集相同则为空", "as it stands; empty where as captured")),
    Described(
        "duration_captured_s",
        Element.START_AND_END,
        Words("设备单调时钟的秒数", "seconds of the device's monotonic clock"),
    ),
    Described(
        "ending",
        Element.END,
        Words(
            "`checked_out` 已签退、`abandoned` 无人签退、`interrupted` 中断",
            "`checked_out`, `abandoned` (nobody checked out), `interrupted`",
        ),
    ),
    Described(
        "check_in_position",
        Element.LOCATION,
        Words(
            "`measured` 已测得，或未测得的原因，如 `no_satellites` 收不到卫星、`location_off` 定位已关闭",
            "`measured`, or why not, such as `no_satellites` or `location_off`",
        ),
    ),
    Described("check_in_latitude_deg", Element.LOCATION, Words("WGS 84", "WGS 84")),
    Described("check_in_longitude_deg", Element.LOCATION, Words("WGS 84", "WGS 84")),
    Described("check_in_accuracy_m", Element.LOCATION, Words("接收机所报", "as the receiver told it")),
    Described(
        "check_in_from_home_m", Element.LOCATION, Words("距被护理人家的米数", "metres from the recipient's home")
    ),
    Described("check_out_position", Element.LOCATION, Words("签退时，含义相同", "the same at check-out")),
    Described("check_out_latitude_deg", Element.LOCATION, Words("WGS 84", "WGS 84")),
    Described("check_out_longitude_deg", Element.LOCATION, Words("WGS 84", "WGS 84")),
    Described("check_out_accuracy_m", Element.LOCATION, Words("接收机所报", "as the receiver told it")),
    Described(
        "check_out_from_home_m", Element.LOCATION, Words("距被护理人家的米数", "metres from the recipient's home")
    ),
    Described(
        "place_edited",
        Element.LOCATION,
        Words(
            "更正所说的地点：`home` 家中、`institution` 医院或机构、`outdoors` 户外、`other` 其他地点；设备不采集此项",
            "what an edit says of the place: `home`, `institution`, `outdoors`, `other`; no device captures it",
        ),
    ),
    Described("order", None, Words("工单编号，如有", "id of the order, where there was one")),
    Described("device", None, Words("见证这次服务的设备", "the device that witnessed it")),
    Described(
        "band",
        None,
        Words(
            "现行评分的分档：`hold`、`review`、`credible`、`insufficient_evidence`。只说明先看哪些，不作任何决定",
            "of the standing verdict: `hold`, `review`, `credible`, `insufficient_evidence`. It says "
            "what a person should look at first, and decides nothing",
        ),
    ),
    Described(
        "exceptions",
        None,
        Words(
            "`代码:类别`，类别为 `must_fix` 须更正、`acknowledge` 须确认或 `info` 提示；设备链的断裂也在其中",
            "`CODE:class`, class `must_fix`, `acknowledge` or `info`; breaks of the device's chain among them",
        ),
    ),
    Described(
        "edits",
        None,
        Words(
            "依次列出每一条更正；CSV 为 `序号 时间 操作人 原因/处理 字段 [标记]`，"
            "JSON 另有 `memo`，并有 `changes`，列出 `before` 与 `after`",
            "every edit in order; in CSV `number time actor reason/action fields [marks]`, in JSON "
            "with `memo`, and `changes` from `before` to `after`",
        ),
    ),
)
SHARES_DESCRIBED: Final = (
    Described(
        "kind",
        None,
        Words(
            "`caregiver`：谁的服务被更正；`supervisor`：谁作的更正。JSON 每页一次，CSV 每行一次",
            "`caregiver`: whose visits were edited; `supervisor`: who edited them. Once for a page "
            "in JSON, in every line of CSV",
        ),
    ),
    Described("since_month", None, Words("首月，同上", "first month, likewise")),
    Described("until_month", None, Words("末月，同上", "last month, likewise")),
    Described(
        "subject",
        None,
        Words("护理员（按采集），或主管的登录名", "the caregiver (as captured), or the supervisor's name"),
    ),
    Described("agency", None, Words("机构", "the agency")),
    Described(
        "visits",
        None,
        Words(
            "该护理员在机构的服务；主管则为机构全部服务",
            "the caregiver's visits at the agency; for a supervisor, all of the agency's",
        ),
    ),
    Described("share", None, Words("`edited` 占 `visits` 的比例，0 至 1", "`edited` of `visits`, 0 to 1")),
    Described(
        "edited",
        None,
        Words(
            "有更正的服务，不论谁作；主管则为有其本人更正的。是否撤回都算",
            "visits with an edit, by anybody; for a supervisor, with one of theirs. Withdrawn or not",
        ),
    ),
    Described(
        "lengthened",
        None,
        Words("因更正而长于采集的服务，口径同上", "visits that an edit made longer than captured, likewise"),
    ),
    Described("edits", None, Words("全部更正条数", "all edits")),
    Described("withdrawals", None, Words("其中撤回的条数", "those that took one back")),
)
