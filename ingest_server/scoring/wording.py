"""Every item of evidence in a sentence, in Chinese and English, and a verdict told with them.

A verdict keeps values and weights alone; the words are added when it is read, so that each is written once. What a
sentence of an id means never changes: a new meaning takes a new id.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from msgspec.structs import asdict

from ingest_server.scoring.verdict import Reason, Verdict


class Sentence(NamedTuple):
    """Format strings over ``value``."""

    zh: str
    en: str


SENTENCES: Final[Mapping[str, Sentence]] = {
    "face_check_in": Sentence(
        "签到人脸与护理员的相似度为 {value:.2f}",
        "The face at check-in is {value:.2f} similar to the caregiver's",
    ),
    "face_during": Sentence(
        "服务中人脸与护理员的相似度为 {value:.2f}",
        "Faces during the visit are {value:.2f} similar to the caregiver's",
    ),
    "face_least": Sentence(
        "除一次外，服务中最不像护理员的人脸相似度为 {value:.2f}",
        "But for one, the face least like the caregiver's during the visit is {value:.2f} similar to it",
    ),
    "face_check_out": Sentence(
        "签退人脸与护理员的相似度为 {value:.2f}",
        "The face at check-out is {value:.2f} similar to the caregiver's",
    ),
    "face_spread": Sentence(
        "签到与签退人脸的相似度相差 {value:.2f}",
        "The faces at check-in and check-out differ by {value:.2f} in likeness",
    ),
    "other_match": Sentence(
        "人脸与护理员本人的相似度比名册上最像的他人高 {value:.2f}",
        "The face is {value:.2f} more similar to the caregiver's than to the most similar other of the roster",
    ),
    "liveness": Sentence(
        "活体：{value:.1f}（1 动作都通过，0.5 仅画面像翻拍，0 未通过）",
        "A living face: {value:.1f} (1 every movement was seen, 0.5 it only looks like a picture, 0 not shown)",
    ),
    "voice": Sentence(
        "最接近的四分之一人声与护理员声纹的相似度为 {value:.2f}",
        "The quarter of the speech most like the caregiver's voice is {value:.2f} similar to it",
    ),
    "voice_between": Sentence(
        "到达与签退之间最接近的四分之一人声与护理员声纹的相似度为 {value:.2f}",
        "Speech between arrival and check-out: the most alike quarter is {value:.2f} similar to the caregiver's voice",
    ),
    "speakers": Sentence("听到 {value:.0f} 个不同的人说话", "{value:.0f} different people were heard speaking"),
    "presence_share": Sentence(
        "护理员在房间内的时间占可观测时间的 {value:.0%}",
        "The caregiver was in the room {value:.0%} of the time observed",
    ),
    "empty_share": Sentence(
        "房间内空无一人的时间占可观测时间的 {value:.0%}",
        "Nobody at all was in the room {value:.0%} of the time observed",
    ),
    "company_share": Sentence(
        "房间内同时有两人或以上的时间占可观测时间的 {value:.0%}",
        "Two people or more were in the room {value:.0%} of the time observed",
    ),
    "longest_absence": Sentence(
        "护理员最长连续不在房间的时间占服务时长的 {value:.0%}",
        "The caregiver was gone for {value:.0%} of the visit at a stretch",
    ),
    "stayed_until": Sentence(
        "除回来签退外，护理员最后一次在房间是在服务进行到 {value:.0%} 时",
        "But for coming back to check out, the caregiver was last there {value:.0%} into the visit",
    ),
    "worked_until": Sentence(
        "除签退外，最后一次在床旁或近身照护是在服务进行到 {value:.0%} 时",
        "But for checking out, somebody last worked by the bed or close to another {value:.0%} into the visit",
    ),
    "left_alone_share": Sentence(
        "被护理人独自卧床的时间占可观测时间的 {value:.0%}",
        "The one in bed was alone {value:.0%} of the time observed",
    ),
    "recipient_share": Sentence(
        "被护理人可见的时间占可观测时间的 {value:.0%}",
        "The cared-for person was seen {value:.0%} of the time observed",
    ),
    "bedside_share": Sentence(
        "有人在床旁或近身照护的时间占 {value:.0%}",
        "Somebody worked by the bed or close to another {value:.0%} of the time observed",
    ),
    "two_close_share": Sentence(
        "两人靠近的时间占可观测时间的 {value:.0%}",
        "Two people were close to each other {value:.0%} of the time observed",
    ),
    "items_attended": Sentence(
        "应在房间内留下痕迹的申报项目中有 {value:.0%} 看到了相应活动",
        "Of the claimed items that leave a trace in the room, {value:.0%} were seen",
    ),
    "held_minutes": Sentence(
        "护理员在场的时间是申报服务时间的 {value:.0%}",
        "The time the caregiver was there is {value:.0%} of the service time claimed",
    ),
    "still_share": Sentence("没有人活动的时间占 {value:.0%}", "Nobody moved {value:.0%} of the time"),
    "care_sound_share": Sentence(
        "护理声音占可听时间的 {value:.1%}",
        "Care sounds fill {value:.1%} of the time listened to",
    ),
    "items_heard": Sentence(
        "会留下声音的申报项目中有 {value:.0%} 听到了相应声音",
        "Of the claimed items that leave a sound, {value:.0%} were heard",
    ),
    "claims_contradicted": Sentence(
        "{value:.0f} 个申报项目没有听到其声音，同时段却听到其他护理声音",
        "{value:.0f} claimed items were not heard, while other care was in their time",
    ),
    "other_care_share": Sentence(
        "会留下声音的申报项目的时段内，平均有 {value:.1%} 的时间听到的是其他项目的护理声音",
        "In the time of claimed items that leave a sound, other care was heard {value:.1%} of it on average",
    ),
    "cues_unheard_share": Sentence(
        "申报项目应有的各种护理声音中有 {value:.0%} 全程没有听到",
        "Of the kinds of care sounds that the claimed items leave, {value:.0%} were never heard",
    ),
    "unclaimed_care": Sentence(
        "{value:.0%} 的护理声音不属于任何申报项目",
        "{value:.0%} of the care sounds belong to no claimed item",
    ),
    "silent_tail": Sentence(
        "签退前没有护理声音的时间占服务时长的 {value:.0%}",
        "No care was heard for the last {value:.0%} of the visit",
    ),
    "media_share": Sentence(
        "只有电视或广播声的时间占可听时间的 {value:.0%}",
        "Television or radio alone fills {value:.0%} of the time listened to",
    ),
    "speech_share": Sentence("说话声占可听时间的 {value:.0%}", "Speech fills {value:.0%} of the time listened to"),
    "quiet_share": Sentence("安静的时间占可听时间的 {value:.0%}", "It was quiet {value:.0%} of the time listened to"),
    "unattended_care": Sentence(
        "{value:.0%} 的护理声音出现时护理员不在房间",
        "{value:.0%} of the care sounds were heard while the caregiver was not in the room",
    ),
    "idle_care": Sentence(
        "{value:.0%} 的护理声音出现时没有人在床旁或近身照护",
        "{value:.0%} of the care sounds were heard while nobody worked by the bed or close to another",
    ),
    "site_excess_m": Sentence(
        "定位比其精度所能解释的偏离住所 {value:.0f} 米",
        "The position is {value:.0f} m farther from the home than its accuracy explains",
    ),
    "place_cues": Sentence("定位伪造迹象 {value:.0f} 项", "Signs of a forged position: {value:.0f}"),
    "duration_ratio": Sentence("实际时长为计划的 {value:.0%}", "The visit lasted {value:.0%} of what was planned"),
    "claimed_share": Sentence(
        "申报的服务时间为服务时长的 {value:.0%}",
        "The service time claimed is {value:.0%} of the visit's",
    ),
    "other_way_in": Sentence(
        "未用人脸签到：{value:.0f}（1 用了其他方式，0 用人脸）",
        "Checked in by another way than the face: {value:.0f} (1 yes, 0 by the face)",
    ),
    "edits": Sentence("事后修改 {value:.0f} 处", "Entries edited afterwards: {value:.0f}"),
    "tampering": Sentence(
        "设备被遮挡、静音或移动 {value:.0f} 次",
        "The device was covered, muted or moved {value:.0f} times",
    ),
    "coverage": Sentence(
        "应能观测的感官平均观测了 {value:.0%} 的时间",
        "The senses that should have observed did so {value:.0%} of the time",
    ),
}
# What it weighs that nothing of a sense was observed: see the calibration's rows of absence.
ABSENCES: Final[Mapping[str, Sentence]] = {
    "absent:face": Sentence("没有观测到人脸；只会减轻怀疑", "No face was observed; it only ever lessens suspicion"),
    "absent:voice": Sentence("没有观测到声纹；只会减轻怀疑", "No voice was observed; it only ever lessens suspicion"),
    "absent:occupancy": Sentence(
        "没有观测到房间内的情况；只会减轻怀疑", "The room was not observed; it only ever lessens suspicion"
    ),
    "absent:sound": Sentence("没有听到声音；只会减轻怀疑", "No sound was observed; it only ever lessens suspicion"),
    "absent:place": Sentence(
        "没有观测到位置；只会减轻怀疑", "No position was observed; it only ever lessens suspicion"
    ),
}
UNKNOWN: Final = Sentence("{value:g}（旧版证据）", "{value:g} (evidence of an earlier version)")


class ToldReason(Reason, frozen=True):
    """A reason with its sentence."""

    zh: str
    en: str


class ToldVerdict(Verdict, frozen=True):
    """A verdict whose reasons have their sentences."""

    reasons: tuple[ToldReason, ...]


def told(verdict: Verdict) -> ToldVerdict:
    """A verdict as it is shown."""
    reasons = tuple(told_reason(reason) for reason in verdict.reasons)
    return ToldVerdict(**(asdict(verdict) | {"reasons": reasons}))


def told_reason(reason: Reason) -> ToldReason:
    """A reason as it is shown."""
    sentence = SENTENCES.get(reason.evidence) or ABSENCES.get(reason.evidence, UNKNOWN)
    zh, en = sentence.zh.format(value=reason.value), sentence.en.format(value=reason.value)
    return ToldReason(reason.evidence, reason.group, reason.value, reason.decibans, zh, en)
