"""What the calibrations that ship say their weights were fitted on, and the note under which their rules were entered.

Names of data sets are citations, the same in both languages. What somebody else's calibration says is quoted.
"""

from collections.abc import Mapping
from typing import Final

from ingest_server.words.bilingual import Words

SHIPPED_NOTE: Final = "ships with this version"

_CHINESE: Final[Mapping[str, str]] = {
    SHIPPED_NOTE: "随本版本提供",
    "by hand": "人工设定",
    "by hand, in sight of real faces (ORL): nobody staged is another of the roster": (
        "人工设定，参照真实人脸（ORL）：模拟服务中没有名册上的他人"
    ),
    "by hand: nothing staged is edited": "人工设定：模拟服务都未经更正",
    "by hand; a head turn is often fumbled by honest people, so failing weighs little": (
        "人工设定；诚实的人也常转头不到位，未通过只占很小分量"
    ),
    "by hand; a short visit that says so is a matter of pay, not of fraud": (
        "人工设定；如实申报的短时服务是计费问题，不是作假"
    ),
    "by hand; an honest caregiver walks out of the array's view, but not for a third of the visit": (
        "人工设定；诚实的护理员也会走出阵列视野，但不会长达服务的三分之一"
    ),
    "by hand; as face_check_in": "人工设定；与签到人脸相同",
    "by hand; care sounds from an empty room are a recording's, a neighbour's, or somebody the array missed": (
        "人工设定；无人房间里的照护声来自录音、邻居，或阵列漏看的人"
    ),
    "by hand; cosine similarity of GE2E voiceprints, which noise lowers: hence of the best quarter of the speech": (
        "人工设定；GE2E 声纹的余弦相似度，噪声会使其降低，故取最清晰的四分之一语音"
    ),
    "by hand; honest visits end with talk and paperwork, without care sounds": (
        "人工设定；真实服务常以交谈和填单收尾，没有照护声"
    ),
    "by hand; quiet care is common, so silence weighs less than sound": (
        "人工设定；安静的照护很常见，故无声的分量小于有声"
    ),
    "by hand; similarity is 1 - dlib distance, whose usual threshold is 0.4; a photograph is as similar as a face": (
        "人工设定；相似度为 1 减 dlib 距离，常用阈值 0.4；照片与真脸同样相似"
    ),
    "by hand; television runs in honest visits too": "人工设定；真实服务中也开着电视",
    "by hand; urban canyons move a fix by some hundred metres": "人工设定；高楼之间定位会偏移百余米",
    "not weighed yet": "尚未计分量",
    "staged visits, as measured senses perceive them; the staging is synthetic": (
        "模拟服务，按各感官实测的感知能力观测；场景为合成"
    ),
    "staged visits, heard as the ear heard real clips (Kitchen20, LibriSpeech); cloth is synthetic": (
        "模拟服务，按模型对真实片段（Kitchen20、LibriSpeech）的听辨结果；布料声为合成"
    ),
    "staged visits: the smallest offset that keeps honest visits without this sense from being doubted more": (
        "模拟服务：使缺少该感官的真实服务不致更受怀疑的最小偏移"
    ),
    "staged visits; similarities are those of real faces (ORL, 10 people of the fit half)": (
        "模拟服务；相似度取自真实人脸（ORL，拟合一半中的 10 人）"
    ),
    "staged visits; similarities are those of real voices (LibriSpeech, fit half), rooms and noise simulated": (
        "模拟服务；相似度取自真实语音（LibriSpeech，拟合一半），房间与噪声为模拟"
    ),
    "staged visits; who is seen as the array's model saw simulated rooms, synthetic data alone": (
        "模拟服务；所见人员按阵列模型对模拟房间的观测，全部为合成数据"
    ),
}


def said_of_source(source: str) -> Words:
    """What a row of a calibration says it was fitted on; quoted where it is none of those that ship."""
    chinese = _CHINESE.get(source)
    return Words(f"原文引用：{source}", source) if chinese is None else Words(chinese, source)


def said_of_note(note: str) -> Words | str:
    """The note of a step of a rule set: as somebody typed it, or in both languages where it is the program's own."""
    return Words(_CHINESE[note], note) if note == SHIPPED_NOTE else note
