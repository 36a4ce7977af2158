"""What each step of the device's listening is worth: the same comparisons with steps left out or exchanged."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from edge_agent.perception.voice import Embedding
from models.voiceprint.bench import TUNING, Bench
from models.voiceprint.conditions import CONDITIONS, Noises
from models.voiceprint.plainly import plain_listen, plain_prints
from models.voiceprint.silero import SileroActivity
from models.voiceprint.tables import by_condition
from models.voiceprint.trials import Listen, People, Trials, trials

WITHOUT = (
    ("as it comes", False, False, False),
    ("pauses stripped", False, True, False),
    ("cleaned and stripped", True, True, False),
)


def plainly(bench: Bench) -> Iterator[str]:
    """What cleaning, stripping pauses and enrolling everywhere are worth, on the half that they were chosen on."""
    yield "\nas the device does it, 5 s against 6 s enrolled:"
    yield from by_condition(bench.trials(6.0, 5.0, TUNING))
    people = People.of(bench.speech, 6.0, 5.0, TUNING)
    for name, cleaned, stripped, everywhere in WITHOUT:
        listen = partial(plain_listen, bench.store.session("voiceprint"), cleaned=cleaned, stripped=stripped)
        yield f"\n{name}, 5 s against 6 s enrolled:"
        prints = plain_prints(people.enrolling, listen, everywhere=everywhere)
        yield from by_condition(_compared(people, prints, bench.noises, listen))


def against_silero(bench: Bench, model: Path) -> Iterator[str]:
    """Pauses stripped by Silero instead of by level."""
    silero, people = SileroActivity(model), People.of(bench.speech, 6.0, 5.0, TUNING)
    session = bench.store.session("voiceprint")
    listen = partial(plain_listen, session, cleaned=True, stripped=True, active=silero.active_speech)
    yield "\npauses found by Silero, 5 s against 6 s enrolled:"
    prints = plain_prints(people.enrolling, listen, everywhere=True)
    yield from by_condition(_compared(people, prints, bench.noises, listen))


def _compared(people: People, prints: Sequence[Embedding], noises: Noises, listen: Listen) -> list[Trials]:
    return [trials(people, prints, condition, noises, listen) for condition in CONDITIONS]
