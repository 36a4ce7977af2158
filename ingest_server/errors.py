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
├── NoVisitsError      no stored visit is what was asked for
├── CaseError          a step of a case is out of turn, lacks what it needs, or is not this person's to take
│   └── ChangedMeanwhileError  somebody else took a step since the case was read
├── BrokerError        the broker cannot be reached
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


class NoVisitsError(ServerError):
    """No stored visit is what was asked for."""

    zh = "没有符合条件的服务"


class CaseError(ServerError):
    """A step of a case is out of turn, lacks what it needs, or is not this person's to take; it is said on screens."""

    zh = "这一步不被接受"

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.said = (zh, en)


class ChangedMeanwhileError(CaseError):
    """Somebody else took a step since the case was read; nothing was written."""

    zh = "他人已先处理"


class BrokerError(ServerError):
    """The broker cannot be reached."""

    zh = "无法连接消息服务器"


class AddressInUseError(ServerError):
    """Another program listens there already."""

    zh = "网页地址已被占用"
