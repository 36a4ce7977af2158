"""A real database, an intake with one enrolled device, and what it takes to seal for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ingest_server.authenticity.counting import Counting
from ingest_server.authenticity.tariff import Tariff, shipped_tariff
from ingest_server.counting_choice import counting_under
from ingest_server.intake.intake import Intake
from ingest_server.intake.reading import Arrival
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration, shipped_calibration, shipped_versions
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.weigher import Weigher
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.database import Database
from ingest_server.store.devices import Enrolment, enrol
from tests.ingest_server.stores import new_store
from tests.visit_record.examples import KEY, honest_visit
from visit_record.catalogue import service_items
from visit_record.keys import public_jwk
from visit_record.record import ChainLink, VisitRecord
from visit_record.sealing import digest_of, seal
from visit_record.topics import Kind, Topic
from visit_record.visit_id import visit_id

SERVER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
NOW_MS = 1_790_010_000_000
# What weighs wherever a test holds a mechanism and no figure: it ships, and no new fit moves it.
BY_HAND = "first-by-hand-4"


@dataclass
class CountingTally:
    """Counts in the open."""

    counts: Counter[str] = field(default_factory=Counter)

    def accepted(self, count: int) -> None:
        self.counts["accepted"] += count

    def repeated(self, count: int) -> None:
        self.counts["repeated"] += count

    def refused(self, reason: str) -> None:
        self.counts[reason] += 1


@dataclass
class Served:
    """The server's insides on a database of their own."""

    database: Database
    intake: Intake
    tally: CountingTally


def by_hand() -> Calibration:
    return shipped_calibration(EVIDENCE_IDS, BY_HAND)


def weigher(calibration: Calibration | None = None) -> Weigher:
    """Weighs as new visits are weighed, or under another table."""
    return Weigher(
        calibration or shipped_calibration(EVIDENCE_IDS), service_items(), Rules(shipped_rules(EVIDENCE_IDS))
    )


def counting(tariff: Tariff | None = None) -> Counting:
    """Counts verdicts under whatever ships, as the server does."""
    tables = [shipped_calibration(EVIDENCE_IDS, version) for version in shipped_versions()]
    return counting_under(tables, tariff or shipped_tariff())


def enrolment(device: str, agency: str, key: Ed25519PrivateKey) -> Enrolment:
    return Enrolment(device, agency, public_jwk(key.public_key()), f"ueid-{device}")


def served_on(database: Database) -> Served:
    tally = CountingTally()
    return Served(
        database, Intake(database, SERVER_KEY, weigher(by_hand()).weigh, lambda: NOW_MS, tally, counting()), tally
    )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = new_store(tmp_path / "carewitness.db")
    enter_shipped_rules(database)
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", KEY)], NOW_MS)
    yield served_on(database)
    database.close()


def chain(count: int, build: Callable[..., VisitRecord] = honest_visit, key: Ed25519PrivateKey = KEY) -> list[bytes]:
    """Sealed visits of one device, each linked to the one before."""
    sealed: list[bytes] = []
    for seq in range(1, count + 1):
        link = ChainLink(seq, digest_of(sealed[-1]) if sealed else None)
        record = build(chain=link, jti=visit_id(1_790_000_000_000 + seq, seq.to_bytes(10, "big")))
        sealed.append(seal(record, key))
    return sealed


def arrival(sealed: bytes, device: str = "device-1", agency: str = "agency-a") -> Arrival:
    return Arrival(str(Topic(agency, device, Kind.RECORD)), sealed)
