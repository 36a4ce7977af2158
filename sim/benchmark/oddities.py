"""What makes a visit odd, whoever is honest: names to group visits by. Pure."""

from collections.abc import Iterator

from sim.benchmark.dropping import PARTS
from sim.script import VisitScript
from sim.staging.visits import StagedVisit
from visit_record.record import Fix, NotObserved, VisitRecord
from visit_record.vocabulary import Modality, SoundCue

# A whole sense less is an oddity of its own; a shorter gap is another.
MOST_OF_IT = 0.8
POOR_LIGHT, LOUD_NOISE_DB, LOW_GAIN_DB, FAR_M = 0.5, -15.0, -6.0, 3.5
TV_ALL_DAY = 0.5


def oddities_of(visit: StagedVisit, record: VisitRecord) -> Iterator[str]:
    """Every oddity of a visit that the weigher has to bear with; nothing where it went as usual."""
    yield from _conditions(visit.script)
    yield from _outages(visit.script)
    yield from _senses(record)
    if record.services.refused:
        yield "services refused"
    if _media_share(visit.script) > TV_ALL_DAY:
        yield "television all day"


def _conditions(script: VisitScript) -> Iterator[str]:
    told = script.conditions
    yield from (kind.value.replace("_", " ") for kind in told.decoys)
    for name, here in (
        ("poor light", told.light < POOR_LIGHT),
        ("noise", told.noise_db is not None and told.noise_db > LOUD_NOISE_DB),
        ("weak microphone", told.gain_db < LOW_GAIN_DB),
        ("device far off", told.distance_m > FAR_M),
        ("old face", told.old_face),
    ):
        if here:
            yield name


def _outages(script: VisitScript) -> Iterator[str]:
    for outage in script.conditions.outages:
        if outage.end_s - outage.start_s < MOST_OF_IT * script.duration_s:
            yield f"{outage.modality} gone for a time"


def _senses(record: VisitRecord) -> Iterator[str]:
    for sense, part in PARTS.items():
        told = getattr(record, part)
        if isinstance(told, NotObserved):
            yield f"{sense}: {told.reason.value.replace('_', ' ')}"
    if not isinstance(record.where.check_in, Fix) and not isinstance(record.where.check_out, Fix):
        yield f"{Modality.POSITION}: {record.where.check_in.reason.value.replace('_', ' ')}"


def _media_share(script: VisitScript) -> float:
    media_s = sum(noise.end_s - noise.start_s for noise in script.noises if noise.cue is SoundCue.MEDIA)
    return media_s / script.duration_s
