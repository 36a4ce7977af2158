"""The tables of the voiceprint's card, a line at a time."""

from collections.abc import Iterator, Sequence

import numpy as np

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.evidence.voice import voice_evidence
from edge_agent.perception.speakers import SAME_SPEAKER
from edge_agent.perception.voice_perceiver import LEAST_SNR_DB
from models.voiceprint.bench import SPLITS, TEST, TUNING, Bench
from models.voiceprint.conditions import CONDITIONS
from models.voiceprint.conversations import LENGTH_S, SPEAKERS, converse, overheard
from models.voiceprint.metrics import Scores, equal_error, interval, parts
from models.voiceprint.trials import People, Trials, voiceprints
from visit_record.record import VoiceEvidence

CONVERSATIONS = 8
PLACES = ((False, None), (True, None), (True, 10.0))


def errors(bench: Bench) -> Iterator[str]:
    """Equal error rates by condition and seconds of speech."""
    for enrol_s, lengths_s in SPLITS.items():
        for length_s in lengths_s:
            found = bench.trials(enrol_s, length_s, TEST)
            yield f"\n{length_s:.0f} s of speech against {enrol_s:.0f} s enrolled, {len(found[0].scores)} speakers:"
            yield from by_condition(found)


def thresholds(bench: Bench) -> Iterator[str]:
    """Where errors meet over all conditions together on one half, and what that does on the other."""
    tuned = [one for one in bench.trials(6.0, 5.0, TUNING) if float(np.median(one.snr_db)) >= LEAST_SNR_DB]
    both = [parts(one.scores) for one in tuned]
    threshold, _ = equal_error(np.concatenate([same for same, _ in both]), np.concatenate([other for _, other in both]))
    yield f"\nthreshold picked on the other half, 5 s, conditions clear enough: {threshold:.3f}"
    for condition, one in zip(CONDITIONS, bench.trials(6.0, 5.0, TEST), strict=True):
        same, other = parts(one.scores)
        yield f"{condition.name}: misses {np.mean(same < threshold):.1%}, false {np.mean(other >= threshold):.1%}"


def clearness(bench: Bench) -> Iterator[str]:
    """What the device makes of the noise, and what the gate keeps."""
    yield f"\nestimated SNR, 5 s; gate at {LEAST_SNR_DB} dB: kept; same and other there; same in what is dropped"
    for condition, one in zip(CONDITIONS, bench.trials(6.0, 5.0, TEST), strict=True):
        kept, (same, other) = one.snr_db >= LEAST_SNR_DB, parts(one.scores)
        low, middle, high = np.quantile(one.snr_db, [0.05, 0.5, 0.95])
        told = [_told(name, same[which]) for name, which in (("kept", kept), ("dropped", ~kept)) if which.any()]
        yield (
            f"{condition.name}: {middle:.1f} dB ({low:.1f}..{high:.1f}), kept {kept.mean():.0%};"
            f" {'; '.join(told)}; other {other.mean():.2f}"
        )


def _told(name: str, same: Scores) -> str:
    return f"{name}: same {same.mean():.2f}, under {SAME_SPEAKER} {np.mean(same < SAME_SPEAKER):.0%}"


def turn_taking(bench: Bench) -> Iterator[str]:
    """Speakers counted, and the caregiver's likeness, in conversations of one to four."""
    people = People.of(bench.speech, 5.0, 6.0, TEST)
    visit = VisitClock(0, 0, 2 * round(1000 * LENGTH_S))
    for in_a_room, snr_db in PLACES:
        for count in SPEAKERS:
            off, best = [], []
            for repeat in range(CONVERSATIONS):
                rng = np.random.default_rng([int(in_a_room), round(snr_db or 99), count, repeat])
                chosen = [int(index) for index in rng.choice(len(people.ids), count, replace=False)]
                talk = converse([people.speaking[index] for index in chosen], rng, in_a_room=in_a_room, snr_db=snr_db)
                (enrolled,) = voiceprints(People([0], [people.enrolling[chosen[0]]], []), bench.encoder)
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


def by_condition(found: Sequence[Trials]) -> Iterator[str]:
    """Equal error rates, one line for each condition."""
    for condition, one in zip(CONDITIONS, found, strict=True):
        same, other = parts(one.scores)
        (threshold, rate), (low, high) = equal_error(same, other), interval(one.scores)
        yield (
            f"{condition.name}: EER {rate:.1%} ({low:.1%}..{high:.1%}) at {threshold:.2f};"
            f" same {same.mean():.2f}, other {other.mean():.2f}"
        )
