"""What one run of the benchmark found, as it is written in JSON: ``carewitness.benchmark/1``."""

from typing import Final, Literal

from msgspec import Struct

from ingest_server.scoring.verdict import Band
from visit_record.vocabulary import Typology

SCHEMA: Final = "carewitness.benchmark/1"


class Aim(Struct, frozen=True, omit_defaults=True):
    """What a figure should be: at least, at most, or both."""

    at_least: float | None = None
    at_most: float | None = None

    def met_by(self, value: float) -> bool:
        """Whether the value itself, whatever its interval, is as it should be."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


class Figure(Struct, frozen=True):
    """One figure with its 95% interval over caregivers.

    ``group`` is the row of the benchmark's table that it belongs to, ``about`` what it is of within that row (a
    typology, a sense). ``visits`` is how many visits it rests on. ``value`` is ``None`` where the run had no visits to
    tell it by; ``low`` and ``high`` where no interval can be given. ``met`` is ``None`` without an aim or a value.
    """

    group: str
    about: str
    value: float | None
    low: float | None
    high: float | None
    visits: int
    aim: Aim | None
    met: bool | None


class CurvePoint(Struct, frozen=True):
    """The share of faked visits found where this share of honest ones is an alarm."""

    false_alarms: float
    recall: float


class ReliabilityPoint(Struct, frozen=True):
    """Visits that were given about the same probability of being faked, and how many were, at the stated prior."""

    said: float
    found: float
    low: float | None
    high: float | None
    visits: int


class Cue(Struct, frozen=True):
    """The most that one cue alone can do: its items and their values, the suspicion they lead to, and towards what.

    ``seen`` is the highest suspicion that it alone would have led to in any of the visits; ``None`` where none had it.
    """

    items: tuple[str, ...]
    values: tuple[float, ...]
    suspicion: float
    typology: Typology
    seen: float | None


class Verdicts(Struct, frozen=True):
    """Verdicts on visits of one kind: by band, how many passed the staged visits' 1% threshold, and what was named."""

    visits: int
    above_threshold: int
    bands: dict[Band, int]
    named: dict[Typology, int]


class Likeness(Struct, frozen=True):
    """One measurement in the lived visits and in the same ones drawn.

    How many visits had it in either, both medians, and the distance of the two distributions (Kolmogorov and Smirnov: 0
    the same, 1 disjoint).
    """

    evidence: str
    lived_visits: int
    drawn_visits: int
    lived_median: float
    drawn_median: float
    distance: float


class Lived(Struct, frozen=True):
    """Visits lived through the real perception code, beside the very same visits with drawn senses.

    ``command`` made the lived records; ``same_band`` is the share of visits whose two verdicts are in one band;
    ``changed_models`` are the roles whose model is another now than that which the visits were lived with.
    """

    command: str
    visits: int
    lived: dict[Typology, Verdicts]
    drawn: dict[Typology, Verdicts]
    same_band: float
    likeness: tuple[Likeness, ...]
    changed_models: tuple[str, ...] = ()


class Speed(Struct, frozen=True):
    """Verdicts a second of one core's time, and as a ratio to decoding the same records by msgspec. Of this machine."""

    records: int
    verdicts_a_second: float
    ratio_to_decoding: float


class Setting(Struct, frozen=True):
    """All that the figures depend on."""

    world: str
    seed: int
    visits: int
    caregivers: int
    rules: str
    calibration: str
    prior: dict[Typology, float]
    review_threshold: float
    hold_threshold: float
    resamples: int


class Benchmark(Struct, frozen=True):
    """A whole run.

    ``counts`` has how many visits of each kind there were; ``named`` how often each typology (outer) was named first
    as each (inner) among the faked visits caught; ``curves`` the detection curve of each typology. All but ``speed``
    and the figure of that name depends on the setting alone.
    """

    schema: Literal["carewitness.benchmark/1"]
    setting: Setting
    counts: dict[Typology, int]
    figures: tuple[Figure, ...]
    named: dict[Typology, dict[Typology, int]]
    curves: dict[Typology, tuple[CurvePoint, ...]]
    reliability: tuple[ReliabilityPoint, ...]
    cues: tuple[Cue, ...]
    lived: Lived | None = None
    speed: Speed | None = None

    @property
    def missed(self) -> tuple[Figure, ...]:
        """Figures that miss their aim."""
        return tuple(figure for figure in self.figures if figure.met is False)
