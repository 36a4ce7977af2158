"""What the device says while codes are held before its camera."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from edge_agent.enrolling.gathering import Gathering, Noticed
from visit_record.bilingual import Words
from visit_record.code_parts import CodeKind

SHOW: Mapping[CodeKind, Words] = MappingProxyType(
    {
        CodeKind.SITE: Words(
            "请把管理员给的登记码逐个举到镜头前，平、亮，占画面一半，次序不限",
            "hold the administrator's codes before the lens, one by one, in any order, flat, bright, half of it wide",
        ),
        CodeKind.REQUEST: Words(
            "请把设备显示的请求码逐个放到镜头前，次序不限",
            "bring the codes that the device shows before the lens, one by one, in any order",
        ),
    }
)

NOTICED: Mapping[Noticed, Words] = MappingProxyType(
    {
        Noticed.ANOTHER_CODE: Words(
            "画面里出现了另一份码：两份不会混在一起，请只举一份",
            "another code came into view: the two are never mixed; hold up one of them alone",
        ),
        Noticed.WRONG_KIND: Words(
            "这是另一种登记码（设备读管理员的，管理员读设备的）",
            "that is the other kind of code: a device reads its administrator's, an administrator the device's",
        ),
        Noticed.FOREIGN: Words(
            "画面里有一个不属于本系统的码，已忽略", "a code of something else is in view; it is ignored"
        ),
        Noticed.OTHER_VERSION: Words(
            "这个码来自另一版本的程序，请升级较旧的一方",
            "that code is of another version of the program; upgrade the older side",
        ),
        Noticed.DAMAGED: Words(
            "码有损坏，已丢弃，请重新举起；仍不行就重新打印",
            "a code is damaged and was dropped; hold it up again, or print it anew",
        ),
    }
)


def standing(gathering: Gathering) -> Words:
    """How many parts there are, and which are wanting."""
    missing, count = gathering.missing, gathering.count
    if count == 0:
        return Words("还没有读到登记码", "no code of this system was read yet")
    if not missing:
        return Words(f"{count} 个码都已读到", f"all of the {count} codes are read")
    here = count - len(missing)
    return Words(
        f"共 {count} 个码，已有 {here} 个，还缺第 {_zh(missing)} 个", f"{here} of {count} codes; wanting {_en(missing)}"
    )


def _zh(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))


def _en(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
