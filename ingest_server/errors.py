"""Errors of the server, each saying what an operator can do, and in Chinese what kind of error it is.

ServerError
├── StoreError         the database cannot be opened, written or read
│   ├── AlteredRecordError  a stored record is no longer what was received
│   ├── AlteredTrailError   the audit trail is no longer what was entered
│   └── UnreadableVerdictError  a stored verdict is missing, or is none
├── EnrolmentError     a device, person or account cannot be entered as asked
├── AuthorError        who gives a command, or why, cannot be kept as told
├── CalibrationError   a calibration table is refused, with its row named
├── RulesError         a rule set or a threshold is refused, with the rule named, or out of turn
├── TariffError        a tariff is refused, with its rate named
├── RegistryError      a list of recipients is refused, with its line named
├── DistrictError      what is told of an agency, its district or name, cannot be kept
├── CarriedFilesError  files of records are not there, or cannot be taken in
├── TimeZoneError      no time zone has that name
├── NoVisitsError      no stored visit is what was asked for
├── ExportBrokenOffError  a file took too long to send, and must not look whole
├── SaidError          something that people do is refused; it is said on screens, in both languages
│   ├── CaseError      a step of a case is out of turn, lacks what it needs, or is not this person's to take
│   │   └── ChangedMeanwhileError  somebody else took a step since the case was read
│   ├── EditError      an edit of a visit goes too far, lacks what it needs, or is not this person's to make
│   │   └── EditedMeanwhileError   somebody else made one since the visit was read
│   ├── RefusedChangeError  a change of people or devices is refused
│   │   ├── UnnamedAgencyError      nothing names the agency, and nobody said that it is new
│   │   └── ConflictingChangeError  it is taken, done already, or was changed since it was read
│   ├── QueryError     a combined query is not understood, takes too long, or cannot be saved
│   │   └── TooLongError           it was stopped at its deadline
│   └── ExportError    what is to be exported is too much, or no such days
├── BrokerError        the broker cannot be reached
├── PagesEndedError    a process that serves pages ended by itself
└── AddressInUseError  another program listens there already
"""

from typing import ClassVar


class ServerError(Exception):
    """Base of all errors that the server's code raises on purpose; ``zh`` says in Chinese what kind it is."""

    zh: ClassVar[str] = "服务器无法继续"


class StoreError(ServerError):
    """The database cannot be opened, written or read."""

    zh = "数据库出错"


class AlteredRecordError(StoreError):
    """A stored record is no longer what was received."""

    zh = "存储的记录已被改动"


class AlteredTrailError(StoreError):
    """The audit trail is no longer what was entered."""

    zh = "留痕已被改动"


class UnreadableVerdictError(StoreError):
    """A stored verdict is missing, or is none."""

    zh = "存储的评分无法读取"


class EnrolmentError(ServerError):
    """A device, person or account cannot be entered as asked."""

    zh = "设备、人员或账户有误"


class AuthorError(ServerError):
    """Who gives a command, or why, cannot be kept as told."""

    zh = "操作人或说明不被接受"


class CalibrationError(ServerError):
    """A calibration table is refused, with its row named."""

    zh = "校准表不被接受"


class RulesError(ServerError):
    """A rule set or a threshold is refused, with the rule named; or a step of its life is out of turn."""

    zh = "规则或阈值不被接受"


class TariffError(ServerError):
    """A tariff is refused, with its rate named."""

    zh = "收费标准不被接受"


class RegistryError(ServerError):
    """A list of recipients is refused, with its line named."""

    zh = "被护理人名单不被接受"


class DistrictError(ServerError):
    """What is told of an agency, its district or name, cannot be kept."""

    zh = "机构登记不被接受"


class CarriedFilesError(ServerError):
    """Files of records are not there, or cannot be taken in."""

    zh = "记录文件无法接收"


class TimeZoneError(ServerError):
    """No time zone has that name."""

    zh = "没有这个时区"


class NoVisitsError(ServerError):
    """No stored visit is what was asked for."""

    zh = "没有符合条件的服务"


class ExportBrokenOffError(ServerError):
    """A file took too long to send; the connection is broken off, so that what came does not look whole."""

    zh = "导出中断"


class DrawingError(ServerError):
    """A chart cannot be drawn; the message says why."""

    zh = "图表无法绘制"


class SaidError(ServerError):
    """Something that people do is refused; it is said on screens, in both languages.

    ``came_second`` says whether it is so because somebody else was first; nothing was written then.
    """

    zh = "操作不被接受"
    came_second: ClassVar[bool] = False

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.said = (zh, en)


class CaseError(SaidError):
    """A step of a case is out of turn, lacks what it needs, or is not this person's to take."""

    zh = "这一步不被接受"


class ChangedMeanwhileError(CaseError):
    """Somebody else took a step since the case was read; nothing was written."""

    zh = "他人已先处理"
    came_second = True


class EditError(SaidError):
    """An edit of a visit goes too far, lacks what it needs, or is not this person's to make."""

    zh = "更正不被接受"


class EditedMeanwhileError(EditError):
    """Somebody else edited the visit since it was read; nothing was written."""

    zh = "他人已先更正"
    came_second = True


class ExportError(SaidError):
    """What is to be exported is too much, or the days are none."""

    zh = "无法导出"


class RefusedChangeError(SaidError):
    """A change of people or devices is refused."""

    zh = "人员或设备的改动不被接受"


class ConflictingChangeError(RefusedChangeError):
    """A name is taken, a change is done already, or somebody made another since it was read; nothing was written."""

    zh = "改动已有，或他人已先改动"

    came_second = True


class UnnamedAgencyError(RefusedChangeError):
    """No device, person or visit names the agency: it is mistyped, unless somebody says that it is new."""

    zh = "没有设备、人员或服务提到该机构"


class QueryError(SaidError):
    """A combined query is not understood, takes too long, or cannot be saved."""

    zh = "查询不被接受"


class TooLongError(QueryError):
    """A query was stopped because it took too long."""

    zh = "查询超时"

    def __init__(self, most_s: float) -> None:
        super().__init__(
            f"stopped after {most_s:g} s without an end: ask for a shorter period, or for one agency, person or device",
            f"超过 {most_s:g} 秒未完成，已停止；请缩短起止时间，或限定机构、人员、设备",
        )


class BrokerError(ServerError):
    """The broker cannot be reached."""

    zh = "无法连接消息服务器"


class PagesEndedError(ServerError):
    """A process that serves pages ended by itself."""

    zh = "网页进程意外结束"


class AddressInUseError(ServerError):
    """Another program listens there already."""

    zh = "网页地址已被占用"
