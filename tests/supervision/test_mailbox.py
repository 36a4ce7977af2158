"""What waits is bounded, the oldest goes first, and what went is told of."""

from edge_agent.readings import PositionReading
from edge_agent.supervision.mailbox import Mailbox
from edge_agent.timeline import DeviceMoved, Happening, ReadingsDropped
from visit_record.fitted import Part
from visit_record.vocabulary import FixType


def reading(at_ms: int) -> PositionReading:
    return PositionReading(at_ms, FixType.NONE)


def all_of(mailbox: Mailbox) -> list[Happening]:
    taken: list[Happening] = []
    while (one := mailbox.take(0)) is not None:
        taken.append(one)
    return taken


def test_everything_comes_out_in_order_of_time_whoever_left_it_first() -> None:
    mailbox = Mailbox()
    mailbox.put(Part.RECEIVER, reading(30))
    mailbox.tell(DeviceMoved(20))
    mailbox.put(Part.MICROPHONE, reading(10))
    assert [one.at_ms for one in all_of(mailbox)] == [10, 20, 30]


def test_a_full_box_drops_its_oldest_readings_and_says_so_once() -> None:
    mailbox = Mailbox({Part.RECEIVER: 2, Part.MICROPHONE: 2})
    for at_ms in range(5):
        mailbox.put(Part.RECEIVER, reading(at_ms))
    mailbox.put(Part.MICROPHONE, reading(9))
    assert all_of(mailbox) == [
        ReadingsDropped(3, Part.RECEIVER, 3),
        reading(3),
        reading(4),
        reading(9),
    ]
    assert (mailbox.dropped(Part.RECEIVER), mailbox.dropped(Part.MICROPHONE)) == (3, 0)


def test_events_are_never_dropped() -> None:
    mailbox = Mailbox({Part.RECEIVER: 1})
    for at_ms in range(500):
        mailbox.tell(DeviceMoved(at_ms))
    assert len(all_of(mailbox)) == 500


def test_what_waits_of_a_closed_part_is_forgotten_and_nothing_more_of_it_is_taken() -> None:
    mailbox = Mailbox({Part.RECEIVER: 2, Part.MICROPHONE: 2})
    for at_ms in range(5):
        mailbox.put(Part.RECEIVER, reading(at_ms))
    mailbox.put(Part.MICROPHONE, reading(9))
    mailbox.close(Part.RECEIVER)
    mailbox.put(Part.RECEIVER, reading(10))
    assert all_of(mailbox) == [reading(9)]
