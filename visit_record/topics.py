"""MQTT topics: ``carewitness/v1/{agency}/{device}/{kind}``. A broker's access list ties a device to its own subtree."""

from dataclasses import dataclass
from enum import StrEnum

from visit_record.errors import MalformedError

PREFIX = "carewitness/v1"


class Kind(StrEnum):
    """The last level of a topic."""

    RECORD = "record"
    RECEIPT = "receipt"
    STATUS = "status"
    HEALTH = "health"
    ROSTER = "roster"
    COMMAND = "command"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of one device."""

    agency: str
    device: str
    kind: Kind

    def __str__(self) -> str:
        """The topic as MQTT has it."""
        return f"{PREFIX}/{self.agency}/{self.device}/{self.kind}"


def parse_topic(text: str) -> Topic:
    """Read a topic.

    Raises:
        MalformedError: it is none of ours.
    """
    parts = text.split("/")
    if len(parts) != 5 or "/".join(parts[:2]) != PREFIX or parts[4] not in list(Kind):
        raise MalformedError(f"not a topic of ours: {text[:128]!r}")
    return Topic(parts[2], parts[3], Kind(parts[4]))


def all_devices(kind: Kind) -> str:
    """Subscription to one kind of topic of every device."""
    return f"{PREFIX}/+/+/{kind}"
