"""What the benchmark's table, page and pictures call things, in Chinese and beside it in English."""

from collections.abc import Mapping
from typing import Final

from ingest_server.scoring.verdict import Band
from ingest_server.words.bilingual import Words
from ingest_server.words.judged import JUDGED
from sim.benchmark.result import Lived
from visit_record.vocabulary import Modality, NotObservedReason, Typology
from visit_record.words import RECORDED

GROUPS: Final[Mapping[str, Words]] = {
    "recall": Words("检出率（1% 误报时）", "recall at 1% false alarms"),
    "recall_all": Words("全部造假的检出率", "recall of all faked visits"),
    "recall_by_variant": Words("各手法检出率", "recall by variant"),
    "alarms_by_variant": Words("真实服务各情形误报率", "false alarms by kind of honest visit"),
    "alarms_by_oddity": Words("真实但异常的误报率", "false alarms of odd honest visits"),
    "calibration": Words("似然比校准", "calibration"),
    "missing_one": Words("缺一种感知的误报倍数", "false alarms, a sense missing: times those of complete visits"),
    "missing_one_review": Words("缺一种感知的误报倍数（复核线）", "the same at the review threshold, one missing"),
    "missing_two": Words("缺两种感知的误报倍数", "false alarms, two senses missing: times those of complete visits"),
    "missing_two_review": Words("缺两种感知的误报倍数（复核线）", "the same at the review threshold, two missing"),
    "queue": Words("队列前 1% 的准确率（造假占 2%）", "top 1% of the queue at a 2% base rate"),
    "naming": Words("类型判断", "typology named first among faked visits caught"),
    "cue": Words("单一线索的最高可疑度", "most suspicion by one cue alone"),
    "authenticity": Words("护理员真实率区间", "authenticity interval of caregivers"),
    "bands": Words("判定分布", "bands of the verdicts"),
    "worth_recall": Words("各感知的价值：检出率", "worth of a sense: recall"),
    "worth_cllr": Words("各感知的价值：Cllr", "worth of a sense: Cllr"),
    "speed": Words("每核每秒判定数", "verdicts a second on one core"),
}

ABOUT: Final[Mapping[str, Words]] = {
    **JUDGED[Typology],
    **RECORDED[Modality],
    **RECORDED[NotObservedReason],
    **JUDGED[Band],
    "nothing odd": Words("无异常", "nothing odd"),
    "television": Words("电视开着", "television on"),
    "family": Words("家属在场", "family there"),
    "chair": Words("坐椅子", "in a chair"),
    "outing": Words("外出散步", "out for a walk"),
    "quiet_care": Words("安静的照护", "quiet care"),
    "silent_people": Words("很少说话", "little talk"),
    "buttons": Words("按键不及时", "buttons pressed late or at once"),
    "mishap": Words("误碰设备", "device touched by mishap"),
    "dim": Words("光线差", "poor light"),
    "old_face": Words("高龄面容", "old face"),
    "noise": Words("噪声", "noise"),
    "low_gain": Words("麦克风弱", "weak microphone"),
    "far": Words("设备较远", "device far off"),
    "canyon": Words("高楼间定位漂移", "position adrift between high houses"),
    "clock_off": Words("设备时钟偏差", "clock off"),
    "lost_face": Words("摄像头故障", "camera lost"),
    "lost_voice": Words("声纹缺失", "voice lost"),
    "lost_sound": Words("麦克风故障", "microphone lost"),
    "lost_thermal": Words("热成像故障", "thermal array lost"),
    "lost_position": Words("定位故障", "receiver lost"),
    "refusal": Words("拒绝部分项目", "services refused"),
    "other_way_in": Words("另法签到", "checked in by the other way"),
    "withheld": Words("有感知未同意", "a sense withheld"),
    "early": Words("提前结束", "ended early"),
    "late": Words("超时", "took longer"),
    "heater": Words("取暖器", "heater"),
    "kettle": Words("热水壶", "kettle"),
    "sun_patch": Words("阳光照射处", "patch of sun"),
    "warm_bedding": Words("余温被褥", "warm bedding"),
    "pet": Words("宠物", "pet"),
    "honest": Words("真实", "honest"),
    "faked": Words("造假", "faked"),
    "worst value": Words("最坏取值", "worst value"),
    "worst value met with": Words("实见最坏值", "worst value met with"),
    "all senses": Words("全部感知", "all senses"),
    "cllr": Words("Cllr", "Cllr"),
    "cllr_gap": Words("Cllr − Cllr_min", "Cllr − Cllr_min"),
    "cllr_min": Words("Cllr_min", "Cllr_min"),
    "cllr_at_prior": Words("Cllr（按先验加权）", "Cllr, kinds weighted as the prior has them"),
    "ece": Words("期望校准误差", "expected calibration error at the prior"),
    "coverage": Words("95% 区间的覆盖率", "coverage of the 95% interval"),
    "width": Words("区间宽度", "width of the interval"),
    "false_branding": Words("诚实者按前 19 次服务计被误判", "honest, by their first 19 visits, branded"),
    "false_branding_first_weeks": Words("诚实者按前 8 次服务计被误判", "honest, by their first 8 visits, branded"),
    "false_branding_whole": Words("诚实者按全部服务计被误判", "honest, by all their visits, branded"),
    "precision": Words("准确率", "precision"),
    "right_first": Words("类型正确", "right typology first"),
    "verdicts_a_second": Words("每秒判定数", "verdicts a second"),
}


def group_of(group: str) -> Words:
    """What a row of the table is called."""
    return GROUPS.get(group, Words(group, group))


def about_of(about: str) -> Words:
    """What a figure is of: a typology, a sense or several; what has no word of its own stands as it is."""
    if about.startswith("without "):
        sense = about_of(about.removeprefix("without "))
        return Words(f"无{sense.zh}", f"without {sense.en}")
    if about.endswith(" alone"):
        sense = about_of(about.removesuffix(" alone"))
        return Words(f"仅{sense.zh}", f"{sense.en} alone")
    for joint in ("+", ": "):
        if joint in about:
            parts = [about_of(part) for part in about.split(joint)]
            return Words(joint.join(part.zh for part in parts), joint.join(part.en for part in parts))
    return ABOUT.get(about, Words(about, about))


def changed_models_said(lived: Lived | None) -> str | None:
    """That lived records are of other models than devices use now, and of which; ``None`` where they are not."""
    if lived is None or not lived.changed_models:
        return None
    roles = ", ".join(lived.changed_models)
    return (
        f"亲历记录所用模型已更换：{roles}；这些记录不再代表现行模型 · The lived visits were perceived with other models"
        f" than devices use now: {roles}. What is said of them is not of the present models; live them afresh."
    )


def called(about: str) -> str:
    """Both languages, or the one word where they are the same."""
    words = about_of(about)
    return words.zh if words.zh == words.en else words.both
