"""Visit ids: UUID version 7 (RFC 9562, 5.7), so that they sort by the time of check-in."""

from uuid import UUID


def visit_id(at_ms: int, entropy: bytes) -> str:
    """The UUIDv7 of a moment and 10 random bytes.

    Python has ``uuid.uuid7`` from 3.14 only, and it takes neither the time nor the randomness that staged visits need.

    Raises:
        ValueError: not exactly 10 bytes, or a time that 48 bits do not hold.
    """
    if len(entropy) != 10:
        raise ValueError("a visit id needs 10 random bytes")
    value = int.from_bytes(at_ms.to_bytes(6, "big") + entropy, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def began_at_ms(visit: str) -> int:
    """The moment of a visit id, in UTC milliseconds.

    Raises:
        ValueError: it is no UUID.
    """
    return UUID(visit).int >> 80
