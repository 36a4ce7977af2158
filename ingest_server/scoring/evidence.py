"""The items of evidence: what is measured, which sense it rests on, and how it is said."""

from dataclasses import dataclass

from ingest_server.scoring.measures import conduct, hearing, identity, place, room
from ingest_server.scoring.measures.measured import Measure


@dataclass(frozen=True)
class Evidence:
    """One item. Items of one ``group`` rest on one sense and are bounded together, so that none counts twice.

    ``zh`` and ``en`` are format strings over ``value``.
    """

    id: str
    group: str
    measure: Measure
    zh: str
    en: str


EVIDENCE: tuple[Evidence, ...] = (
    Evidence(
        "face_check_in",
        "face",
        identity.face_check_in,
        "签到人脸与护理员的相似度为 {value:.2f}",
        "The face at check-in is {value:.2f} similar to the caregiver's",
    ),
    Evidence(
        "face_later",
        "face",
        identity.face_later,
        "服务中及签退人脸与护理员的相似度为 {value:.2f}",
        "Faces during the visit and at check-out are {value:.2f} similar to the caregiver's",
    ),
    Evidence(
        "liveness",
        "face",
        identity.liveness,
        "活体：{value:.1f}（1 动作都通过，0.5 仅画面像翻拍，0 未通过）",
        "A living face: {value:.1f} (1 every movement was seen, 0.5 it only looks like a picture, 0 not shown)",
    ),
    Evidence(
        "voice",
        "voice",
        identity.voice,
        "最接近的四分之一人声与护理员声纹的相似度为 {value:.2f}",
        "The quarter of the speech most like the caregiver's voice is {value:.2f} similar to it",
    ),
    Evidence(
        "presence_share",
        "occupancy",
        room.presence_share,
        "护理员在房间内的时间占可观测时间的 {value:.0%}",
        "The caregiver was in the room {value:.0%} of the time observed",
    ),
    Evidence(
        "recipient_share",
        "occupancy",
        room.recipient_share,
        "被护理人可见的时间占可观测时间的 {value:.0%}",
        "The cared-for person was seen {value:.0%} of the time observed",
    ),
    Evidence(
        "bedside_share",
        "occupancy",
        room.bedside_share,
        "有人在床旁或近身照护的时间占 {value:.0%}",
        "Somebody worked by the bed or close to another {value:.0%} of the time observed",
    ),
    Evidence(
        "longest_absence",
        "occupancy",
        room.longest_absence,
        "护理员最长连续不在房间的时间占服务时长的 {value:.0%}",
        "The caregiver was gone for {value:.0%} of the visit at a stretch",
    ),
    Evidence(
        "care_sound_share",
        "sound",
        hearing.care_sound_share,
        "护理声音占可听时间的 {value:.1%}",
        "Care sounds fill {value:.1%} of the time listened to",
    ),
    Evidence(
        "media_share",
        "sound",
        hearing.media_share,
        "电视或广播声占可听时间的 {value:.0%}",
        "Television or radio fills {value:.0%} of the time listened to",
    ),
    Evidence(
        "claims_supported",
        "sound",
        hearing.claims_supported,
        "会留下声音的申报项目中有 {value:.0%} 听到了相应声音",
        "Of the claimed items that leave a sound, {value:.0%} were heard",
    ),
    Evidence(
        "silent_tail",
        "sound",
        hearing.silent_tail,
        "签退前没有护理声音的时间占服务时长的 {value:.0%}",
        "No care was heard for the last {value:.0%} of the visit",
    ),
    Evidence(
        "unattended_care",
        "agreement",
        hearing.unattended_care,
        "{value:.0%} 的护理声音出现时护理员不在房间",
        "{value:.0%} of the care sounds were heard while the caregiver was not in the room",
    ),
    Evidence(
        "unclaimed_care",
        "sound",
        hearing.unclaimed_care,
        "{value:.0%} 的护理声音不属于任何申报项目",
        "{value:.0%} of the care sounds belong to no claimed item",
    ),
    Evidence(
        "site_excess_m",
        "place",
        place.site_excess_m,
        "定位比其精度所能解释的偏离住所 {value:.0f} 米",
        "The position is {value:.0f} m farther from the home than its accuracy explains",
    ),
    Evidence(
        "place_cues",
        "place",
        place.place_cues,
        "定位伪造迹象 {value:.0f} 项",
        "Signs of a forged position: {value:.0f}",
    ),
    Evidence(
        "duration_ratio",
        "duration",
        conduct.duration_ratio,
        "实际时长为计划的 {value:.0%}",
        "The visit lasted {value:.0%} of what was planned",
    ),
    Evidence(
        "tampering",
        "device",
        conduct.tampering,
        "设备被遮挡、静音、移动或调时 {value:.0f} 次",
        "The device was covered, muted, moved or had its clock stepped {value:.0f} times",
    ),
)
