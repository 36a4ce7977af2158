"""What a record costs, against the one thing that cannot be spared: checking its signature."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import CollectorRegistry

from bench.timing import seconds_each
from ingest_server.authenticity.tariff import shipped_tariff
from ingest_server.counting_choice import counting_under
from ingest_server.intake.intake import Intake
from ingest_server.intake.reading import Arrival
from ingest_server.intake.tally import PrometheusTally
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.weigher import Weigher
from ingest_server.store.database import Database
from ingest_server.store.devices import Enrolment, enrol
from sim.benchmark.speed import speed_of
from sim.history.month import month_of_visits
from sim.history.record import record_of
from sim.senses import Half, Senses
from sim.staging.world import build_world
from visit_record.catalogue import service_items
from visit_record.chain import next_link
from visit_record.keys import public_jwk
from visit_record.sealing import digest_of, open_record, seal
from visit_record.topics import Kind, Topic

KEY = Ed25519PrivateKey.generate()
BATCH = 200


def measure() -> Iterator[tuple[str, float, str]]:
    """(what, seconds, ratio to bare verification)."""
    sealed = chain_of(BATCH)
    payload, signature = b"x" * len(sealed[0]), KEY.sign(b"x" * len(sealed[0]))
    public = KEY.public_key()
    bare_s = seconds_each(lambda: public.verify(signature, payload), 500)
    records = [open_record(one, lambda _kid: public).record for one in sealed]
    record = records[0]
    weigher = Weigher(shipped_calibration(EVIDENCE_IDS), service_items(), Rules(shipped_rules(EVIDENCE_IDS)))
    yield f"bare Ed25519 verification of {len(sealed[0]) / 1024:.0f} KiB", bare_s, "1.00"
    for name, each_s in (
        ("open a record: verify, read strictly, check times", seconds_each(lambda: _open(sealed[0]), 100)),
        ("seal a record", seconds_each(lambda: seal(record, KEY), 100)),
        ("weigh a record", seconds_each(lambda: weigher.weigh(record), 100)),
        (f"intake without MQTT, batches of {BATCH}, SQLite", _intake_seconds(sealed)),
    ):
        yield name, each_s, f"{bare_s / each_s:.2f}"
    speed = speed_of(records, weigher)
    told = f"weigh a record, {len(records)} at once; {speed.ratio_to_decoding:.2f} of reading it from JSON by msgspec"
    yield told, 1 / speed.verdicts_a_second, f"{bare_s * speed.verdicts_a_second:.2f}"


def chain_of(count: int) -> list[bytes]:
    """Sealed visits of one device, honest and faked as a month has them."""
    world = build_world(seed=3, agencies=1, homes_each=12)
    visits = [visit for _, visits in month_of_visits(world, 3, datetime(2026, 3, 1, tzinfo=UTC)) for visit in visits]
    home, senses = world.homes[0], Senses.measured(Half.TEST)
    sealed: list[bytes] = []
    for seq, visit in enumerate(visits[:count]):
        link = next_link(seq, digest_of(sealed[-1]) if sealed else None)
        record = record_of(visit, link, "ueid", {"care_sound": "0" * 64}, senses)
        sealed.append(seal(msgspec.structs.replace(record, iss=home.device, agency=home.agency), KEY))
    return sealed


def _open(sealed: bytes) -> object:
    return open_record(sealed, lambda _kid: KEY.public_key())


def _intake_seconds(sealed: list[bytes]) -> float:
    def take_all() -> None:
        with _intake() as intake:
            replies = intake.take([Arrival(str(Topic("agency-a", "device-a01", Kind.RECORD)), one) for one in sealed])
            assert len(replies) == len(sealed)

    def empty() -> None:
        with _intake():
            pass

    return (seconds_each(take_all, 1) - seconds_each(empty, 1)) / len(sealed)


@contextmanager
def _intake() -> Iterator[Intake]:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        database.migrate()
        with database.writing() as connection:
            enrol(connection, [Enrolment("device-a01", "agency-a", public_jwk(KEY.public_key()), "ueid")], 0)
        counting = counting_under([shipped_calibration(EVIDENCE_IDS)], shipped_tariff())
        weigh = Weigher(shipped_calibration(EVIDENCE_IDS), service_items(), Rules(shipped_rules(EVIDENCE_IDS))).weigh
        yield Intake(database, KEY, weigh, lambda: 0, PrometheusTally(CollectorRegistry()), counting)
        database.close()
