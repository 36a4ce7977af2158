"""Errors of the device, each saying what an operator can do.

EdgeError
├── SensorError        a sensor cannot be opened or has failed
│   ├── SensorOffError        somebody has switched it off
│   └── UnreadableFileError   a file given to replay or inspect is not what it should be
├── PerceptionError    a sense failed at what its sensor gave
├── ModelError         a model is missing, altered or cannot be loaded
│   └── PullError      a model cannot be fetched
├── OutboxError        the outbox cannot be written or read
│   ├── DiskFullError         there is no room for it
│   └── DamagedOutboxError    its file is damaged
│       └── DamagedHeadError      the file beside it does not say where the chain ends
├── UplinkError        the broker cannot be reached or refuses
├── IdentityError      the device's key is missing or unreadable
├── ScanError          no code became whole before the camera, or it cannot be kept
├── SettingsError      the settings file is missing or wrong
├── VaultError         what is sealed on the device cannot be read or written
├── SiteSoundError     a home's own sounds cannot be learnt, kept or used
├── UpdateError        a release is refused, or cannot be fetched, built, switched or rolled back
├── VisitStateError    an event that the visit's state does not allow
│   └── NobodyCameError       nobody checked in, so that there is no visit
└── DeskError          something that a caregiver asked for and cannot have
"""

from enum import StrEnum
from typing import ClassVar

from visit_record.bilingual import Words


class EdgeError(Exception):
    """Base of all errors that the device's code raises on purpose.

    ``kind_zh`` says in Chinese what kind it is, ``zh`` what is so in this case, where that is known.
    """

    kind_zh: ClassVar[str] = "设备程序无法继续"

    def __init__(self, en: str = "", zh: str = "") -> None:
        super().__init__(en)
        self._zh = zh

    @property
    def said(self) -> Words:
        """What is wrong. The Chinese is whole by itself; it leaves to the English what a library said."""
        return Words(self._zh or f"{self.kind_zh}，详情见英文", str(self))

    @property
    def told(self) -> str:
        """What a terminal shows: Chinese first where there is any, and the English beside."""
        return self.said.both if self._zh else str(self)


class SensorError(EdgeError):
    """A sensor cannot be opened or has failed; the visit goes on without it."""

    kind_zh = "传感器打不开或已中断"


class SensorOffError(SensorError):
    """Somebody has switched the sensor off: no fault, and never passed over in silence."""

    kind_zh = "传感器已被关闭"


class UnreadableFileError(SensorError):
    """A file given to replay or inspect is not what it should be: to the port, a sensor that cannot be opened."""

    kind_zh = "给出的文件无法使用"


class PerceptionError(EdgeError):
    """A sense failed at what its sensor gave; the visit goes on without it."""

    kind_zh = "识别程序出错"


class ModelError(EdgeError):
    """A model is missing, altered or cannot be loaded."""

    kind_zh = "模型缺失、被改动或无法加载"


class PullError(ModelError):
    """A model cannot be fetched from its public source or a mirror."""

    kind_zh = "模型无法下载"


class OutboxError(EdgeError):
    """The outbox cannot be written or read."""

    kind_zh = "待发箱无法读写"


class DiskFullError(OutboxError):
    """There is no room for what should be stored; what was stored before is whole."""

    kind_zh = "磁盘已满，写不下"


class DamagedOutboxError(OutboxError):
    """The outbox's file is damaged."""

    kind_zh = "待发箱文件已损坏"


class DamagedHeadError(DamagedOutboxError):
    """The file beside the outbox does not say where the chain ends."""

    kind_zh = "记录链末端的文件已损坏"


class UplinkError(EdgeError):
    """The broker cannot be reached or refuses."""

    kind_zh = "消息代理连不上或拒绝"


class IdentityError(EdgeError):
    """The device's key is missing or unreadable."""

    kind_zh = "设备密钥缺失或无法读取"


class ScanError(EdgeError):
    """No code became whole before the camera, or what it said cannot be kept."""

    kind_zh = "没有读出完整的二维码，或无法保存"


class SettingsError(EdgeError):
    """The settings file is missing or wrong."""

    kind_zh = "设置文件缺失或有误"


class VaultError(EdgeError):
    """What is sealed on the device cannot be read or written."""

    kind_zh = "设备上密封的文件无法读写"


class SiteSoundError(EdgeError):
    """A home's own sounds cannot be learnt, kept or used; the visit goes on with the model alone."""

    kind_zh = "家中的声音无法学习、保存或使用"


class UpdateError(EdgeError):
    """A release is refused, or cannot be fetched, built, switched or rolled back; what runs goes on."""

    kind_zh = "新版本被拒绝，或无法取得、安装、切换、退回"


class VisitStateError(EdgeError):
    """An event that the visit's state does not allow."""

    kind_zh = "服务进行到这一步时不能这样做"


class NobodyCameError(VisitStateError):
    """Nobody checked in, so that there is no visit."""

    kind_zh = "没有人签到，没有服务"


class Refusal(StrEnum):
    """Why a caregiver cannot have what they asked for."""

    NOT_NOW = "not_now"
    UNKNOWN_ORDER = "unknown_order"
    OTHERS_ORDER = "others_order"
    UNKNOWN_ITEM = "unknown_item"
    CHOOSE_FIRST = "choose_first"
    ANSWERS_DIFFER = "answers_differ"
    NO_SUCH_WAY = "no_such_way"
    WRONG_CODE = "wrong_code"
    TOO_MANY_CODES = "too_many_codes"
    SHOW_WHO = "show_who"
    WRONG_PIN = "wrong_pin"
    WAIT_WITH_PINS = "wait_with_pins"
    NOT_YOURS = "not_yours"
    SAY_WHAT = "say_what"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOTES_FULL = "notes_full"
    NOT_STORED = "not_stored"
    CLOSED = "closed"


class DeskError(EdgeError):
    """Something that a caregiver asked for and cannot have; nothing changed, and ``refusal`` says why."""

    kind_zh = "屏幕上的请求不能照办"

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal}: {detail}" if detail else refusal.value)
        self.refusal = refusal
