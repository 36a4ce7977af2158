"""What the words of a record are called on every screen, and how it stands in its chain."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from visit_record.bilingual import Words
from visit_record.chain import LinkState
from visit_record.vocabulary import (
    CheckMoment,
    ClockSource,
    ContestReason,
    Ending,
    FixType,
    IdentityMethod,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    PlaceCue,
    ServiceRefusalReason,
    SoundCue,
)

# Of a check-in by face at which nobody was recognised: it may have been allowed by nobody, or dark.
NOT_CONFIRMED: Final = Words("签到时未用人脸等方式确认", "not confirmed at check-in, by face or otherwise")

RECORDED: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = {
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
        "abandoned": Words("无人签退", "nobody checked out"),
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
    ContestReason: {
        "person": Words("人没认对", "who was there is wrong"),
        "time": Words("时间不对", "the times are wrong"),
        "place": Words("地点不对", "the place is wrong"),
        "items": Words("服务项目不对", "the service items are wrong"),
        "not_seen": Words("做了的事没看到、没听到", "what was done was not seen or heard"),
        "device": Words("设备出了问题", "the device had a fault"),
        "other": Words("其他", "something else"),
    },
    LinkState: {
        "linked": Words("前后相连", "linked"),
        "gap": Words("前一条尚未到达", "the one before has not arrived"),
        "fork": Words("分叉：同号另有记录或前后不符", "fork: another record has this number, or the link is wrong"),
    },
}
