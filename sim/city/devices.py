"""The devices of a city: their keys and what they are enrolled by, and the levels of those they stand beside. Seeded.

The keys follow from the seed, which everybody may know: such a device proves nothing, and is for staged servers alone.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.identity import EnrolmentRequest
from sim.benchmark.people import Person
from sim.staging.world import Home
from visit_record.keys import public_jwk

# Shanghai: three visits a week at levels 2-3, five at level 4, seven at levels 5-6.
LEVELS: Final = {3: (2, 3), 5: (4,), 7: (5, 6)}


def key_of(seed: int, home: Home) -> Ed25519PrivateKey:
    """The key of a home's device."""
    return Ed25519PrivateKey.from_private_bytes(_drawn(seed, home, "key"))


def ueid_of(seed: int, home: Home) -> str:
    """Its ueid, of the same form as a real device's (RFC 9711, 4.2.1.1)."""
    return urlsafe_b64encode(b"\x01" + _drawn(seed, home, "ueid")[:16]).rstrip(b"=").decode()


def enrolments(seed: int, people: Sequence[Person]) -> Iterator[bytes]:
    """Each device as ``ingest-server devices import`` reads it, a line each."""
    for home in _homes(people):
        jwk = public_jwk(key_of(seed, home).public_key())
        yield msgspec.json.encode(EnrolmentRequest(home.device, home.agency, ueid_of(seed, home), jwk)) + b"\n"


def levels(people: Sequence[Person]) -> Iterator[bytes]:
    """Each recipient with a disability level, as ``ingest-server recipients import`` reads it, a line each."""
    yield b"recipient,disability_level\n"
    for home in _homes(people):
        known = LEVELS[home.visits_a_week]
        yield f"{home.recipient},{known[crc32(home.recipient.encode()) % len(known)]}\n".encode()


def _homes(people: Sequence[Person]) -> Iterator[Home]:
    return (home for person in people for home in person.homes)


def _drawn(seed: int, home: Home, what: str) -> bytes:
    return hashlib.sha256(f"staged {what} {seed} {home.device}".encode()).digest()
