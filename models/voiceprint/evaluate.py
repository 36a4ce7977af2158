"""Measure the voiceprint on real speech in simulated rooms and noise; the card holds what this prints.

``python -m models.voiceprint.evaluate DATA [MEMORY]``, where MEMORY is a file that keeps embeddings for the next run.
Every threshold is picked on one half of the speakers, and told of on the other.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.evidence.voice import voice_evidence
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.speakers import SAME_SPEAKER
from edge_agent.perception.voice import Embedding, VoiceEncoder
from edge_agent.perception.voice_perceiver import LEAST_SNR_DB
from models.voiceprint.conditions import CONDITIONS, Noises
from models.voiceprint.conversations import LENGTH_S, SPEAKERS, converse, overheard
from models.voiceprint.corpus import Wave, cut, kitchen_noises, utterances
from models.voiceprint.metrics import Scores, equal_error, interval, parts
from models.voiceprint.plainly import plain_listen, plain_prints
from models.voiceprint.remembering import RememberingStore
from models.voiceprint.silero import SileroActivity
from models.voiceprint.trials import Listen, People, Trials, trials, voiceprints
from visit_record.record import VoiceEvidence

REGISTRY = Path(__file__).parents[1] / "registry.toml"
TUNING, TEST = 0, 1
# Seconds that enrol, seconds that are compared: 12 s of an utterance leave little to enrol where 10 are compared.
SPLITS = ((6.0, (3.0, 5.0)), (2.0, (10.0,)))
CONVERSATIONS = 4
WITHOUT = (
    ("as it comes", False, False, False),
    ("pauses stripped", False, True, False),
    ("cleaned and stripped", True, True, False),
)
PLACES = ((False, None), (True, None), (True, 10.0))


@dataclass(frozen=True, eq=False)
class Bench:
    """What is measured, and on what."""

    store: RememberingStore
    speech: Sequence[Wave]
    noises: Noises

    @property
    def encoder(self) -> VoiceEncoder:
        """The device's own."""
        return VoiceEncoder(self.store)


def main(data: Path, memory: Path | None) -> None:
    """Print everything, section by section."""
    speech = utterances(data)
    store = ModelStore.open(REGISTRY)
    remembering = RememberingStore(store.folder, store.entries)
    bench = Bench(remembering, speech, Noises.of(kitchen_noises(data), speech[:60]))
    if memory is not None:
        bench.store.load(memory)
    silero = data.parent / "models" / "silero_vad_16k_op15.onnx"
    sections: list[Callable[[Bench], Iterator[str]]] = [errors, thresholds, clearness, takes, turn_taking, plainly]
    if silero.is_file():
        sections.append(partial(against_silero, model=silero))
    for section in sections:
        for line in section(bench):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            if memory is not None:
                bench.store.save(memory)


def errors(bench: Bench) -> Iterator[str]:
    """Equal error rates by condition and seconds of speech."""
    encoder = bench.encoder
    for enrol_s, lengths_s in SPLITS:
        people = People.of(bench.speech, enrol_s, lengths_s[-1], TEST)
        prints = [one.embedding for one in voiceprints(people, encoder)]
        for length_s in lengths_s:
            shorter = People(people.ids, people.enrolling, people.said(length_s))
            yield f"\n{length_s:.0f} s of speech against {enrol_s:.0f} s enrolled, {len(people.ids)} speakers:"
            yield from _by_condition(shorter, prints, bench.noises, encoder.listen)


def thresholds(bench: Bench) -> Iterator[str]:
    """Where errors meet over all conditions together on one half, and what that does on the other."""
    tuned = [one for one in _all_trials(bench, TUNING) if float(np.median(one.snr_db)) >= LEAST_SNR_DB]
    both = [parts(one.scores) for one in tuned]
    threshold, _ = equal_error(np.concatenate([same for same, _ in both]), np.concatenate([other for _, other in both]))
    yield f"\nthreshold picked on the other half, 5 s, conditions clear enough: {threshold:.3f}"
    for condition, one in zip(CONDITIONS, _all_trials(bench, TEST), strict=True):
        same, other = parts(one.scores)
        yield f"{condition.name}: misses {np.mean(same < threshold):.1%}, false {np.mean(other >= threshold):.1%}"


def clearness(bench: Bench) -> Iterator[str]:
    """What the device makes of the noise, and what the gate keeps."""
    yield f"\nestimated SNR, 5 s; gate at {LEAST_SNR_DB} dB: kept; same and other there; same in what is dropped"
    for condition, one in zip(CONDITIONS, _all_trials(bench, TEST), strict=True):
        kept, (same, other) = one.snr_db >= LEAST_SNR_DB, parts(one.scores)
        low, middle, high = np.quantile(one.snr_db, [0.05, 0.5, 0.95])
        told = [_told(name, same[which]) for name, which in (("kept", kept), ("dropped", ~kept)) if which.any()]
        yield (
            f"{condition.name}: {middle:.1f} dB ({low:.1f}..{high:.1f}), kept {kept.mean():.0%};"
            f" {'; '.join(told)}; other {other.mean():.2f}"
        )


def _told(name: str, same: Scores) -> str:
    return f"{name}: same {same.mean():.2f}, under {SAME_SPEAKER} {np.mean(same < SAME_SPEAKER):.0%}"


def plainly(bench: Bench) -> Iterator[str]:
    """The same without cleaning, without stripping pauses, enrolled as recorded: what those are worth."""
    people = People.of(bench.speech, 6.0, 5.0, TEST)
    for name, cleaned, stripped, everywhere in WITHOUT:
        listen = partial(plain_listen, bench.store.session("voiceprint"), cleaned=cleaned, stripped=stripped)
        yield f"\n{name}, 5 s against 6 s enrolled:"
        prints = plain_prints(people.enrolling, listen, everywhere=everywhere)
        yield from _by_condition(people, prints, bench.noises, listen)


def against_silero(bench: Bench, model: Path) -> Iterator[str]:
    """Pauses stripped by Silero instead of by level."""
    silero, people = SileroActivity(model), People.of(bench.speech, 6.0, 5.0, TEST)
    listen = partial(
        plain_listen, bench.store.session("voiceprint"), cleaned=True, stripped=True, active=silero.active_speech
    )
    yield "\npauses found by Silero, 5 s against 6 s enrolled:"
    prints = plain_prints(people.enrolling, listen, everywhere=True)
    yield from _by_condition(people, prints, bench.noises, listen)


def turn_taking(bench: Bench) -> Iterator[str]:
    """Speakers counted, and the caregiver's likeness, in conversations of one to four."""
    pool = [both for both in (cut(wave, 5.0, 6.0) for wave in bench.speech) if both is not None][TEST::2]
    visit = VisitClock(0, 0, 2 * round(1000 * LENGTH_S))
    for in_a_room, snr_db in PLACES:
        for count in SPEAKERS:
            off, best = [], []
            for repeat in range(CONVERSATIONS):
                rng = np.random.default_rng([int(in_a_room), round(snr_db or 99), count, repeat])
                chosen = rng.choice(len(pool), count, replace=False)
                talk = converse([pool[index][1] for index in chosen], rng, in_a_room=in_a_room, snr_db=snr_db)
                (enrolled,) = voiceprints(People([0], [pool[chosen[0]][0]], []), bench.encoder)
                evidence = voice_evidence(overheard(talk, bench.store, enrolled), visit)
                if isinstance(evidence, VoiceEvidence):
                    off.append(evidence.speakers - count)
                    likeness = sorted(check.similarity for check in evidence.checks)
                    best.append(float(np.mean(likeness[-max(1, len(likeness) // 4) :])))
            yield (
                f"{count} speakers, room {in_a_room}, SNR {snr_db}: counted off by {np.mean(np.abs(off)):.2f}"
                f" ({np.mean(off):+.2f}), right {np.mean(np.array(off) == 0):.0%};"
                f" best quarter {np.mean(best):.2f} ({min(best):.2f}..{max(best):.2f})"
            )


def takes(bench: Bench) -> Iterator[str]:
    """How alike takes of one person are, and of two."""
    people = People.of(bench.speech, 5.0, 5.0, TEST)
    points = [np.array([bench.encoder.embed(wave) for wave in waves]) for waves in (people.enrolling, people.speaking)]
    same, other = parts(np.asarray(points[0] @ points[1].T, np.float64))
    yield f"\ntakes of 5 s: same {same.mean():.2f}, 1% under {np.quantile(same, 0.01):.2f}, least {same.min():.2f};"
    yield f"other {other.mean():.2f}, 1% over {np.quantile(other, 0.99):.2f}"


def _all_trials(bench: Bench, half: int) -> list[Trials]:
    people, encoder = People.of(bench.speech, 6.0, 5.0, half), bench.encoder
    prints = [one.embedding for one in voiceprints(people, encoder)]
    return [trials(people, prints, condition, bench.noises, encoder.listen) for condition in CONDITIONS]


def _by_condition(people: People, prints: Sequence[Embedding], noises: Noises, listen: Listen) -> Iterator[str]:
    for condition in CONDITIONS:
        scores = trials(people, prints, condition, noises, listen).scores
        (threshold, rate), (low, high), (same, other) = equal_error(*parts(scores)), interval(scores), parts(scores)
        yield (
            f"{condition.name}: EER {rate:.1%} ({low:.1%}..{high:.1%}) at {threshold:.2f};"
            f" same {same.mean():.2f}, other {other.mean():.2f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
