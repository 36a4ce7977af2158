"""What a screen says of a part, in Chinese and English. Pure."""

from visit_record.bilingual import Words
from visit_record.fitted import FAULTS, PARTS, STATES, Fault, Part, SensorState


def said_of(part: Part, state: SensorState, fault: Fault | None) -> Words:
    """The part, how it stands, and what is wrong."""
    named, stands = PARTS[part], STATES[state]
    if fault is None:
        return Words(f"{named.zh}：{stands.zh}", f"{named.en}: {stands.en}")
    wrong = FAULTS[fault]
    return Words(f"{named.zh}：{stands.zh}（{wrong.zh}）", f"{named.en}: {stands.en} ({wrong.en})")
