"""A city's visits as sealed records, chained device by device: a file for some caregivers at a time.

Each file is written aside and then named, so that what is there is whole.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sim.city.city import City, Round
from sim.city.devices import key_of, ueid_of
from sim.history.record import record_of
from sim.senses import Half, Senses
from sim.staging.visits import StagedVisit
from sim.staging.world import Home
from visit_record.chain import next_link
from visit_record.sealing import digest_of, seal

SUFFIX = ".jws"
VISITS_A_FILE = 100
# Nothing was perceived by any model's file.
MODELS = {"care_sound": "0" * 64}


@dataclass(frozen=True)
class Chunk:
    """The rounds of some caregivers, for one file and one process; ``city`` is theirs, without its people."""

    city: City
    rounds: tuple[Round, ...]
    file: Path

    @property
    def visits(self) -> int:
        """How many records the file has."""
        return sum(one.person.visits for one in self.rounds)


def chunks(city: City, folder: Path) -> Iterator[Chunk]:
    """All rounds in order, some hundred visits at a time."""
    alone, gathered, visits, number = replace(city, people=()), list[Round](), 0, 0
    for one in city.rounds:
        gathered.append(one)
        visits += one.person.visits
        if visits >= VISITS_A_FILE:
            yield Chunk(alone, tuple(gathered), _file(folder, number))
            gathered, visits, number = [], 0, number + 1
    if gathered:
        yield Chunk(alone, tuple(gathered), _file(folder, number))


def write_chunk(chunk: Chunk) -> int:
    """Stage, witness, seal and write a chunk's visits, unless the file is there; how many they are.

    Raises:
        OSError: the file cannot be written.
    """
    if not chunk.file.exists():
        unfinished = chunk.file.with_suffix(".part")
        with unfinished.open("wb") as file:
            for one in chunk.rounds:
                for sealed in sealed_round(chunk.city, one):
                    file.write(sealed + b"\n")
        unfinished.rename(chunk.file)
    return chunk.visits


def sealed_round(city: City, one: Round) -> Iterator[bytes]:
    """The records of a caregiver's visits, one device after the other, each device's in order of time."""
    at_home: defaultdict[Home, list[StagedVisit]] = defaultdict(list)
    for visit in city.population(one).visits():
        at_home[visit.plan.home].append(visit)
    for home in one.person.homes:
        yield from _sealed(city, home, at_home[home])


def _sealed(city: City, home: Home, visits: list[StagedVisit]) -> Iterator[bytes]:
    key, ueid, senses = key_of(city.seed, home), ueid_of(city.seed, home), Senses.measured(Half(city.world.half))
    last: str | None = None
    for seq, visit in enumerate(visits):
        sealed = seal(record_of(visit, next_link(seq, last), ueid, MODELS, senses), key)
        last = digest_of(sealed)
        yield sealed


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:06}{SUFFIX}"
