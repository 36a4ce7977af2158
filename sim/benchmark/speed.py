"""How many verdicts one core gives in a second, against the reading of the same records."""

import time
from collections.abc import Callable, Sequence

import msgspec

from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.weigher import Weigher
from sim.benchmark.result import Speed
from visit_record.catalogue import service_items
from visit_record.record import VisitRecord

ROUNDS = 5


def verdicts_a_second(records: Sequence[VisitRecord], calibration: Calibration) -> Speed:
    """How fast these records are weighed.

    The best of several rounds: what others do on the machine only slows it down.
    """
    weigher = Weigher(calibration, service_items())
    encoded = [msgspec.json.encode(record) for record in records]
    decoder = msgspec.json.Decoder(VisitRecord)
    weigh_s = _least_s(lambda: [weigher.weigh(record) for record in records])
    read_s = _least_s(lambda: [decoder.decode(text) for text in encoded])
    return Speed(len(records) / weigh_s, read_s / weigh_s)


def _least_s(work: Callable[[], object]) -> float:
    return min(_taken_s(work) for _ in range(ROUNDS))


def _taken_s(work: Callable[[], object]) -> float:
    started_s = time.process_time()
    work()
    return time.process_time() - started_s
