"""What the server's own words are called: of verdicts, of rules and of shares of genuine service."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ingest_server.authenticity.estimate import Kind, Standing
from ingest_server.fleet.trouble import Fault
from ingest_server.rules.differences import Change, RulePart
from ingest_server.rules.life import Action, State
from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import Band
from ingest_server.words.bilingual import Words
from visit_record.vocabulary import ExceptionClass, ExceptionCode, Typology

JUDGED: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = {
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
    ExceptionClass: {
        "must_fix": Words("须更正", "must fix"),
        "acknowledge": Words("须确认", "acknowledge"),
        "info": Words("提示", "for information"),
    },
    ExceptionCode: {
        "NO_CHECKIN": Words("无签到", "no check-in"),
        "NO_CHECKOUT": Words("无签退", "no check-out"),
        "ABANDONED": Words("到时无人签退", "nobody checked out in time"),
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
    Action: {
        "draft": Words("起草", "drafted"),
        "commit": Words("提交", "committed"),
        "publish": Words("发布", "published"),
        "retire": Words("停用", "retired"),
        "restore": Words("恢复", "restored"),
        "shadow": Words("开始影子运行", "put in the shadow"),
        "unshadow": Words("结束影子运行", "taken out of the shadow"),
    },
    Change: {
        "new": Words("新增", "new"),
        "gone": Words("取消", "gone"),
        "changed": Words("有改动", "changed"),
    },
    RulePart: {
        "question": Words("提问", "question"),
        "basis": Words("依据", "rests on"),
        "says": Words("所得的说法", "sentence"),
        "code": Words("异常代码", "exception"),
        "class": Words("类别", "class"),
        "asks": Words("何时提出", "raised when"),
        "effective_from": Words("起始签到日期", "first check-in"),
        "effective_until": Words("截止签到日期", "last check-in"),
        "weight": Words("分量", "weight"),
    },
    Kind: {
        "caregiver": Words("护理员", "caregiver"),
        "agency": Words("机构", "agency"),
        "recipient": Words("被护理人", "recipient"),
        "device": Words("设备", "device"),
        "district": Words("区", "district"),
    },
    Theme: {
        "empty_order": Words("挂空单", "empty order"),
        "person_bed_separation": Words("人床分离", "person-bed separation"),
        "person_card_separation": Words("人卡分离", "person-card separation"),
        "one_face_many_cards": Words("一脸多卡", "one face many cards"),
        "multi_card_gathering": Words("多卡聚集", "multi-card gathering"),
        "abnormal_visit": Words("异常服务", "abnormal visit"),
        "fee_warning": Words("费用预警", "fee warning"),
    },
    Fault: {
        "silent": Words("久未收到记录", "silent for long"),
        "never_heard": Words("登记后从无记录", "no record since it was enrolled"),
        "chain_gap": Words("记录缺号", "gap in the sequence"),
        "chain_fork": Words("记录链分叉", "fork in the chain"),
        "sense_missing": Words("传感器缺失", "sense missing"),
        "clock_unsynchronised": Words("时钟未校时", "clock unsynchronised"),
        "unheard": Words("一天没有联系上", "not heard from for a day"),
        "sensor_failed": Words("传感器失灵", "sensor failed"),
        "disk_full": Words("存储空间将满", "disk nearly full"),
        "records_wait": Words("记录久未送出", "records wait to be taken"),
        "too_hot": Words("过热或因热降速", "too hot, or slowed down by heat"),
        "under_voltage": Words("供电电压不足", "too little voltage"),
        "outbox_set_aside": Words("有损坏的文件被搁置", "a damaged file was set aside"),
    },
    Standing: {
        "too_few_visits": Words("服务次数太少，不作评价", "too few visits to say"),
        "no_concern": Words("未见需要关注之处", "nothing that asks for a look"),
        "concern": Words("建议抽查", "worth a closer look"),
    },
}
