"""What items of evidence are called, and the senses that they rest on."""

from collections.abc import Mapping
from typing import Final

from ingest_server.scoring.weigher import ABSENT, RULE_GROUP
from ingest_server.words.bilingual import Words

EVIDENCE: Final[Mapping[str, Words]] = {
    "face_check_in": Words("签到人脸", "Face at check-in"),
    "face_during": Words("服务中人脸", "Faces during"),
    "face_least": Words("最不像的人脸", "Face least alike"),
    "face_check_out": Words("签退人脸", "Face at check-out"),
    "face_spread": Words("人脸前后差异", "Faces apart"),
    "other_match": Words("与名册他人", "Against the roster"),
    "liveness": Words("活体", "Liveness"),
    "voice": Words("声纹", "Voice"),
    "voice_between": Words("途中声纹", "Voice in between"),
    "speakers": Words("说话人数", "People speaking"),
    "presence_share": Words("护理员在场", "Caregiver present"),
    "empty_share": Words("空无一人", "Nobody there"),
    "company_share": Words("两人同在", "Two in the room"),
    "longest_absence": Words("最长离开", "Longest absence"),
    "stayed_until": Words("留到何时", "Stayed until"),
    "worked_until": Words("照护到何时", "Worked until"),
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
    "other_care_share": Words("他项护理声", "Other care heard"),
    "cues_unheard_share": Words("未出现的护理声", "Cues unheard"),
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
