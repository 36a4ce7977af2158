"""How many verdicts one core gives in a second, against the reading of the same records."""

import time
from collections.abc import Callable, Sequence

import msgspec

from ingest_server.scoring.weigher import Weigher
from sim.benchmark.result import Speed
from visit_record.record import VisitRecord

ROUNDS = 5


def speed_of(records: Sequence[VisitRecord], weigher: Weigher) -> Speed:
    """How fast these records are weighed, all at once.

    The best of several rounds: what others do on the machine only slows it down.
    """
    encoded = [msgspec.json.encode(record) for record in records]
    decoder = msgspec.json.Decoder(VisitRecord)
    weigh_s = _least_s(lambda: weigher.weigh_all(records))
    read_s = _least_s(lambda: [decoder.decode(text) for text in encoded])
    return Speed(len(records), len(records) / weigh_s, read_s / weigh_s)


def _least_s(work: Callable[[], object]) -> float:
    return min(_taken_s(work) for _ in range(ROUNDS))


def _taken_s(work: Callable[[], object]) -> float:
    started_s = time.process_time()
    work()
    return time.process_time() - started_s
