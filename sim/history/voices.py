"""Voices of a script as a device would have summed them up: gathered as it gathers speech, and compared."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.evidence.voice import voice_evidence
from edge_agent.observations import VoiceObservation
from sim.history.faces import identity
from sim.history.gathering import gathered
from sim.history.hearing import HOP_S, Spoken
from sim.history.watch import Watch
from sim.senses import Senses
from sim.senses.measured import Told
from sim.senses.rows import share_of
from sim.senses.voices import similarity
from sim.staging.visits import StagedVisit
from visit_record.record import NotObserved, VoiceEvidence

# Speech without its pauses, as a share of what was gathered.
SPEECH_SHARE = (0.72, 0.97)
# Two voices in one stretch are told apart where each has half of it or so, and not always then.
LEAST_TURN, TOLD_APART = 0.45, 0.7
# From the card of the voiceprint, on conversations: of two speakers close by 12% are counted as one, of two in a room
# about a third; and how often a stretch seems a new voice.
TAKEN_FOR_ONE_NEAR, TAKEN_FOR_ONE_AWAY = 0.12, 0.3
NEAR_M = 1.5
SEEMS_NEW = 0.06


def voices_of(
    spoken: Sequence[Spoken], staged: StagedVisit, watch: Watch, senses: Senses, rng: np.random.Generator
) -> VoiceEvidence | NotObserved:
    """A check for every few seconds of speech that noise does not cover, merged as the device merges them."""
    heard = [one for one in spoken if not watch.misses(one.start_s) and not watch.is_blind(one.start_s)]
    ear = _Ear(staged, senses, rng, not_enrolled=watch.not_enrolled)
    observed = [seen for at_s, hops in gathered(sorted(heard, key=_start)) for seen in ear.observed(at_s, hops)]
    end_ms = round(1000 * staged.script.duration_s)
    return voice_evidence(observed, VisitClock(staged.script.started_at_ms, 0, end_ms))


def _start(one: Spoken) -> float:
    return one.start_s


class _Ear:
    def __init__(self, staged: StagedVisit, senses: Senses, rng: np.random.Generator, *, not_enrolled: bool) -> None:
        self._staged, self._senses, self._rng, self._not_enrolled = staged, senses, rng, not_enrolled
        self._day = senses.voices.day(rng)
        self._told: dict[str, tuple[Told, ...]] = {}
        self._numbers: dict[str, int] = {}

    def observed(self, at_s: float, hops: Mapping[Spoken, int]) -> Iterator[VoiceObservation]:
        """One or two observations of a stretch, none where noise covers it."""
        total = sum(hops.values())
        parts: Mapping[Spoken, int] = hops
        if min(hops.values()) < LEAST_TURN * total or self._rng.random() > TOLD_APART:
            most = max(hops, key=lambda one: hops[one])
            parts = {most: total}
        for one, count in parts.items():
            speech_s = count * HOP_S * float(self._rng.uniform(*SPEECH_SHARE))
            alike = self._alike(one, hops, speech_s, alone=len(parts) > 1 or len(hops) == 1)
            if alike is not None:
                told = None if self._not_enrolled else round(min(1.0, max(-1.0, alike)), 4)
                yield VoiceObservation(round(1000 * at_s), told, round(speech_s, 2), self._number(one))

    def _alike(self, one: Spoken, hops: Mapping[Spoken, int], speech_s: float, *, alone: bool) -> float | None:
        """What two people say in one stretch is as like the caregiver as both, by how much each says."""
        if alone:
            return self._similarity(one, speech_s)
        both = [(self._similarity(each, speech_s), count) for each, count in hops.items()]
        if any(alike is None for alike, _ in both):
            return None
        return sum((alike or 0.0) * count for alike, count in both) / sum(hops.values())

    def _similarity(self, one: Spoken, speech_s: float) -> float | None:
        alike = similarity(self._of(one), speech_s, self._rng)
        return alike if alike is None or not one.own else alike + self._day

    def _of(self, one: Spoken) -> tuple[Told, ...]:
        if one.who not in self._told:
            voices, conditions = self._senses.voices, self._staged.script.conditions
            caregiver = identity(self._staged.plan.caregiver)
            self._told[one.who] = (
                voices.own(caregiver, conditions) if one.own else voices.other(one.who, caregiver, conditions)
            )
        return self._told[one.who]

    def _number(self, one: Spoken) -> int:
        """Voices by their number; two that are alike have one, and now and then one seems another."""
        if self._rng.random() < SEEMS_NEW:
            return 1000 + int(self._rng.integers(1000))
        if one.who not in self._numbers:
            near = self._staged.script.conditions.distance_m < NEAR_M
            alike = share_of(one.who, self._staged.plan.home.device, "alike")
            taken = self._numbers and alike < (TAKEN_FOR_ONE_NEAR if near else TAKEN_FOR_ONE_AWAY)
            self._numbers[one.who] = min(self._numbers.values()) if taken else len(self._numbers)
        return self._numbers[one.who]
