"""What the screens call things, in Chinese and beside it in English: one table for every word of the wire."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from ingest_server.authenticity.estimate import Kind, Standing
from ingest_server.rules.life import State
from ingest_server.scoring.verdict import Band
from ingest_server.scoring.weigher import ABSENT, RULE_GROUP
from ingest_server.store.accounts import Role
from visit_record.catalogue import ServiceItem, service_items
from visit_record.chain import LinkState
from visit_record.vocabulary import (
    CheckMoment,
    ClockSource,
    Ending,
    ExceptionClass,
    ExceptionCode,
    FixType,
    IdentityMethod,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    PlaceCue,
    ServiceRefusalReason,
    SoundCue,
    Typology,
)


class Words(NamedTuple):
    """One meaning, said twice."""

    zh: str
    en: str


_ENUMS: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = {
    Band: {
        "hold": Words("优先复核", "look first"),
        "review": Words("待复核", "for review"),
        "insufficient_evidence": Words("证据不足", "too little evidence"),
        "credible": Words("可信", "credible"),
    },
    Typology: {
        "genuine": Words("真实服务", "genuine"),
        "empty_order": Words("挂空单", "empty order"),
        "colluding_family": Words("串通家属", "colluding family"),
        "proxy_caregiver": Words("冒名顶替", "proxy caregiver"),
        "recipient_absent": Words("人床分离", "recipient absent"),
        "padded_duration": Words("虚报时长", "padded duration"),
        "service_swap": Words("项目不符", "service swap"),
        "replayed_evidence": Words("回放证据", "replayed evidence"),
        "false_location": Words("虚假定位", "false location"),
        "double_booking": Words("重叠服务", "double booking"),
        "shared_identity": Words("一脸多卡", "shared identity"),
        "tampered_device": Words("设备被动过", "tampered device"),
    },
    Modality: {
        "face": Words("人脸", "face"),
        "voice": Words("声纹", "voice"),
        "sound": Words("声音", "sound"),
        "thermal": Words("热成像", "thermal"),
        "position": Words("定位", "position"),
    },
    NotObservedReason: {
        "consent_withheld": Words("未获同意", "consent withheld"),
        "sensor_absent": Words("没有该传感器", "no such sensor"),
        "sensor_fault": Words("传感器故障", "sensor fault"),
        "no_satellites": Words("收不到卫星", "no satellites"),
        "location_off": Words("定位已关闭", "location off"),
        "not_enrolled": Words("未登记模板", "not enrolled"),
        "too_little_signal": Words("信号太少", "too little signal"),
        "not_asked": Words("未要求", "not asked for"),
    },
    SoundCue: {
        "speech": Words("说话声", "speech"),
        "media": Words("电视、广播", "television, radio"),
        "tableware": Words("餐具", "tableware"),
        "eating": Words("进食", "eating"),
        "water": Words("水声", "water"),
        "cloth": Words("布料", "cloth"),
        "sweeping": Words("扫地", "sweeping"),
        "appliance": Words("电器", "appliance"),
        "footsteps": Words("脚步", "footsteps"),
        "door": Words("门", "door"),
        "cough": Words("咳嗽", "cough"),
        "quiet": Words("安静", "quiet"),
    },
    CheckMoment: {
        "check_in": Words("签到", "check-in"),
        "during": Words("服务中", "during"),
        "check_out": Words("签退", "check-out"),
    },
    IdentityMethod: {
        "face": Words("人脸", "face"),
        "voice": Words("声纹", "voice"),
        "pin": Words("密码", "PIN"),
        "supervisor_code": Words("主管授权码", "supervisor's code"),
    },
    Ending: {
        "checked_out": Words("已签退", "checked out"),
        "abandoned": Words("未签退离开", "abandoned"),
        "interrupted": Words("中断", "interrupted"),
    },
    FixType: {
        "none": Words("无定位", "no fix"),
        "2d": Words("二维定位", "2D fix"),
        "3d": Words("三维定位", "3D fix"),
    },
    ClockSource: {
        "unsynchronised": Words("未校时", "unsynchronised"),
        "ntp": Words("网络校时", "NTP"),
        "gnss": Words("卫星校时", "GNSS"),
        "rtc": Words("时钟芯片", "RTC"),
    },
    LivenessMethod: {
        "head_turn": Words("转头", "head turn"),
        "challenge": Words("按提示动作", "movements asked for"),
        "warm_face": Words("面部温度", "warmth of the face"),
        "antispoof": Words("防伪模型", "anti-spoofing model"),
        "texture": Words("屏幕或打印纹理", "texture of a screen or print"),
    },
    PlaceCue: {
        "no_satellites_yet_fix": Words("无卫星却有定位", "a fix without satellites"),
        "position_jump": Words("位置跳变", "position jump"),
        "frozen_jitter": Words("位置毫无抖动", "frozen jitter"),
        "time_offset": Words("卫星时间不符", "satellite time is off"),
        "flat_signals": Words("卫星信号强度毫无差别", "satellite signals all alike"),
    },
    IntegrityKind: {
        "camera_covered": Words("摄像头被遮挡", "camera covered"),
        "microphone_muted": Words("麦克风被静音", "microphone muted"),
        "device_moved": Words("设备被移动", "device moved"),
        "clock_step": Words("时钟被调整", "clock stepped"),
        "power_loss": Words("断电", "power lost"),
        "sensor_lost": Words("传感器失联", "sensor lost"),
        "sensor_back": Words("传感器恢复", "sensor back"),
    },
    ServiceRefusalReason: {
        "recipient_refused": Words("本人拒绝", "recipient refused"),
        "recipient_unwell": Words("本人不适", "recipient unwell"),
        "family_already_did": Words("家属已做", "family already did it"),
        "no_supplies": Words("缺少用品", "no supplies"),
        "other": Words("其他", "other"),
    },
    ExceptionClass: {
        "must_fix": Words("须更正", "must fix"),
        "acknowledge": Words("须确认", "acknowledge"),
        "info": Words("提示", "for information"),
    },
    ExceptionCode: {
        "NO_CHECKIN": Words("无签到", "no check-in"),
        "NO_CHECKOUT": Words("无签退", "no check-out"),
        "ABANDONED": Words("中途离开", "abandoned"),
        "GPS_UNAVAILABLE": Words("无定位", "no position"),
        "GPS_DISTANCE": Words("离住所过远", "far from the home"),
        "GPS_SPOOF_SUSPECT": Words("疑似伪造定位", "position may be forged"),
        "FACE_MISMATCH": Words("人脸不符", "face mismatch"),
        "FACE_LIVENESS_FAIL": Words("活体未通过", "liveness not shown"),
        "VOICE_MISMATCH": Words("声纹不符", "voice mismatch"),
        "NO_OCCUPANCY": Words("护理员不在房间", "caregiver not in the room"),
        "BED_EMPTY": Words("未见被护理人", "recipient not seen"),
        "NO_CARE_ACTIVITY": Words("无护理声音", "no sound of care"),
        "SHORT_VISIT": Words("时长过短", "short visit"),
        "ITEM_UNSUPPORTED": Words("申报项目无佐证", "claimed item unsupported"),
        "OVERLAP": Words("时间重叠", "overlap"),
        "IMPOSSIBLE_TRAVEL": Words("行程不可能", "impossible travel"),
        "HOURS_OVER_CAP": Words("超时长上限", "hours over cap"),
        "REPLAYED_MEDIA": Words("疑似回放", "replayed media"),
        "SHARED_IDENTITY": Words("一脸多卡", "shared identity"),
        "DEVICE_OFFLINE": Words("设备离线", "device offline"),
        "SENSOR_FAULT": Words("传感器故障", "sensor fault"),
        "SEQ_GAP": Words("记录缺号", "gap in the sequence"),
        "CHAIN_FORK": Words("记录链分叉", "fork in the chain"),
        "CLOCK_SKEW": Words("时钟偏差", "clock skew"),
        "SIGNATURE_INVALID": Words("签名无效", "signature invalid"),
        "CONSENT_WITHHELD": Words("未获同意", "consent withheld"),
    },
    State: {
        "draft": Words("草稿", "draft"),
        "committed": Words("已提交，未生效", "committed, not live"),
        "live": Words("现行", "live"),
        "retired": Words("已停用", "retired"),
    },
    LinkState: {
        "linked": Words("前后相连", "linked"),
        "gap": Words("前一条尚未到达", "the one before has not arrived"),
        "fork": Words("分叉：同号另有记录或前后不符", "fork: another record has this number, or the link is wrong"),
    },
    Kind: {
        "caregiver": Words("护理员", "caregiver"),
        "agency": Words("机构", "agency"),
        "recipient": Words("被护理人", "recipient"),
        "device": Words("设备", "device"),
    },
    Standing: {
        "too_few_visits": Words("服务次数太少，不作评价", "too few visits to say"),
        "no_concern": Words("未见需要关注之处", "nothing that asks for a look"),
        "concern": Words("建议抽查", "worth a closer look"),
    },
    Role: {
        "supervisor": Words("机构主管", "supervisor"),
        "auditor": Words("基金稽核", "auditor"),
        "administrator": Words("管理员", "administrator"),
    },
}

EVIDENCE: Final[Mapping[str, Words]] = {
    "face_check_in": Words("签到人脸", "Face at check-in"),
    "face_during": Words("服务中人脸", "Faces during"),
    "face_check_out": Words("签退人脸", "Face at check-out"),
    "other_match": Words("与名册他人", "Against the roster"),
    "liveness": Words("活体", "Liveness"),
    "voice": Words("声纹", "Voice"),
    "speakers": Words("说话人数", "People speaking"),
    "presence_share": Words("护理员在场", "Caregiver present"),
    "longest_absence": Words("最长离开", "Longest absence"),
    "stayed_until": Words("留到何时", "Stayed until"),
    "left_alone_share": Words("独自卧床", "Left alone in bed"),
    "recipient_share": Words("被护理人在场", "Recipient present"),
    "bedside_share": Words("近身照护", "Work close by"),
    "two_close_share": Words("两人靠近", "Two close"),
    "items_attended": Words("申报有人做", "Claims seen"),
    "held_minutes": Words("在场可容时间", "Time held by presence"),
    "still_share": Words("无活动", "Stillness"),
    "care_sound_share": Words("护理声音", "Care sounds"),
    "items_heard": Words("申报有声", "Claims heard"),
    "claims_contradicted": Words("申报被他声取代", "Claims contradicted"),
    "unclaimed_care": Words("未申报的护理声", "Unclaimed care"),
    "silent_tail": Words("结尾静默", "Silent end"),
    "media_share": Words("电视、广播声", "Television, radio"),
    "speech_share": Words("说话声", "Speech"),
    "quiet_share": Words("安静", "Quiet"),
    "unattended_care": Words("无人时的护理声", "Care with nobody there"),
    "idle_care": Words("无人照护时的护理声", "Care with nobody at work"),
    "site_excess_m": Words("离住所距离", "Distance from home"),
    "place_cues": Words("定位真伪", "Position forged"),
    "duration_ratio": Words("实际与计划时长", "Duration against plan"),
    "claimed_share": Words("申报与服务时长", "Claimed against duration"),
    "other_way_in": Words("其他签到方式", "Other way in"),
    "edits": Words("事后修改", "Edits"),
    "tampering": Words("设备干扰", "Tampering"),
    "coverage": Words("感官覆盖", "Coverage"),
}


GROUPS: Final[Mapping[str, Words]] = {
    "face": Words("人脸", "Face"),
    "voice": Words("声纹", "Voice"),
    "occupancy": Words("热成像", "Heat"),
    "sound": Words("声音", "Sound"),
    "agreement": Words("感官相互印证", "Agreement of senses"),
    "place": Words("定位", "Position"),
    "conduct": Words("时长与申报", "Duration and claims"),
    "device": Words("设备", "Device"),
    "rule": Words("规则", "Rules"),
}


def said(value: StrEnum) -> Words:
    """What a value of the vocabulary is called. A test holds that every value has its words."""
    return _ENUMS[type(value)][value.value]


def said_of_group(group: str) -> Words:
    """What the sense is called that a group of evidence rests on; its own id where it is newer than this table."""
    return GROUPS.get(group, Words(group, group))


def said_of_evidence(evidence: str) -> Words:
    """What an item of evidence is called: a rule by its id, a missing sense by its group; else its own id."""
    kind, _, named = evidence.partition(":")
    if kind == RULE_GROUP:
        return Words(f"规则 {named}", f"rule {named}")
    if kind == ABSENT:
        group = said_of_group(named)
        return Words(f"没有{group.zh}", f"no {group.en}")
    return EVIDENCE.get(evidence, Words(evidence, evidence))


def said_of_item(item: str) -> Words:
    """What a service item is called; its own id where the catalogue does not have it."""
    found = _items().get(item)
    return Words(found.zh, found.en) if found else Words(item, item)


@cache
def _items() -> Mapping[str, ServiceItem]:
    return service_items()
