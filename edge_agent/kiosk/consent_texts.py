"""What caregiver and recipient are asked to allow. A record names the version, which changes with any text."""

from collections.abc import Mapping
from typing import Final

from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

VERSION: Final = "2026-2"

TEXTS: Final[Mapping[Modality, Words]] = {
    Modality.FACE: Words(
        "摄像头在签到、签退和途中各看几秒人脸，比对是不是护理员本人。签到、签退时，屏幕可像镜子一样显示画面。照片不保存、不外传。",
        "The camera looks at faces for seconds at check-in, check-out and now and then. At check-in and check-out this "
        "screen may show what it sees, as a mirror does. No picture is kept or sent.",
    ),
    Modality.VOICE: Words(
        "麦克风比对护理员的声音。不识别说话内容，录音不保存、不外传。",
        "The microphone compares the caregiver's voice. Nobody's words are recognised; no sound is kept or sent.",
    ),
    Modality.SOUND: Words(
        "麦克风分辨水声、餐具声等照护声音的种类。录音不保存、不外传。",
        "The microphone tells kinds of care sounds apart, as water or dishes. No sound is kept or sent.",
    ),
    Modality.THERMAL: Words(
        "热成像只看得到模糊的温度，用来知道房间里几个人、床上有没有人。",
        "The thermal array sees a blur of warmth: how many people there are, and whether somebody is in bed.",
    ),
    Modality.POSITION: Words(
        "卫星定位记录签到和签退的地点。",
        "Satellites tell where check-in and check-out were.",
    ),
}

ABOVE_ALL: Final = Words(
    "不同意也照常服务。不同意的一项不会打开，记为“未观察”，不算违规。",
    "Care is given all the same. What is withheld stays off, counts as not observed, and is held against nobody.",
)
