import msgspec
import pytest
from msgspec import structs

from visit_record.errors import DuplicateKeyError, MalformedError, NotFiniteError, OversizedError, RefusedError
from visit_record.health import (
    HEALTH_SCHEMA,
    MAX_HEALTH_BYTES,
    Health,
    Latency,
    MachineHealth,
    QueueHealth,
    SensorHealth,
    read_health,
    write_health,
)

WELL = Health(
    HEALTH_SCHEMA,
    1_767_575_400_000,
    "0.1.0",
    MachineHealth(48.3, 0, 9_000.0, 30_000.0, True, 86_400.0),
    QueueHealth(2, 1_767_570_000_000, 1, 0, True),
    (SensorHealth("microphone", "healthy"), SensorHealth("camera", "silent", "black")),
    (Latency("sound", 256, 5.5, 9.1),),
)
JUST_BOOTED = Health(
    HEALTH_SCHEMA, 0, "0.1.0", MachineHealth(None, None, 0, 0, False, None), QueueHealth(0, None, 0, 0, False)
)


@pytest.mark.parametrize("health", [WELL, JUST_BOOTED], ids=["well", "just booted"])
def test_what_is_written_is_read(health: Health) -> None:
    assert read_health(write_health(health)) == health


def test_the_fullest_message_is_small_enough() -> None:
    text = "字" * 64
    fullest = structs.replace(
        WELL,
        sensors=tuple(SensorHealth(text, text, text) for _ in range(16)),
        latencies=tuple(Latency(text, 2**31, 1234.123, 1234.123) for _ in range(16)),
    )
    assert len(write_health(fullest)) < MAX_HEALTH_BYTES


GOOD = write_health(WELL)
HOSTILE: dict[str, tuple[bytes, type[RefusedError]]] = {
    "too large": (GOOD + b" " * MAX_HEALTH_BYTES, OversizedError),
    "no JSON": (b"\x00\xff", MalformedError),
    "another schema": (GOOD.replace(b"health/1", b"health/2"), MalformedError),
    "a field too many": (GOOD.replace(b'"swversion"', b'"picture":"x","swversion"'), MalformedError),
    "less than nothing waits": (GOOD.replace(b'"waiting":2', b'"waiting":-2'), MalformedError),
    "a key twice": (GOOD.replace(b'"swversion"', b'"swversion":"x","swversion"'), DuplicateKeyError),
    "no number": (GOOD.replace(b"48.3", b"NaN"), NotFiniteError),
    "too many sensors": (
        msgspec.json.encode(structs.replace(WELL, sensors=(SensorHealth("a", "b"),) * 17)),
        MalformedError,
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_device_writes_is_refused(case: str) -> None:
    message, refusal = HOSTILE[case]
    with pytest.raises(refusal):
        read_health(message)
