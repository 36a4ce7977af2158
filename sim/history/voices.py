"""Voices of a script as a device would have summed them up: gathered as it gathers speech, and compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.evidence.voice import voice_evidence
from edge_agent.observations import VoiceObservation
from sim.history.faces import identity
from sim.history.gathering import Gathered, gathered
from sim.history.stretches import HOP_S, Spoken
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
    stretches = list(gathered(sorted(heard, key=_start)))
    chances = rng.random((len(stretches), 6)).tolist()
    spread = rng.standard_normal((len(stretches), 2)).tolist()
    ear = _Ear(staged, senses, senses.voices.day(rng), watch.not_enrolled)
    observed = [
        seen
        for stretch, chance, apart in zip(stretches, chances, spread, strict=True)
        for seen in ear.observed(stretch, chance, apart)
    ]
    end_ms = round(1000 * staged.script.duration_s)
    return voice_evidence(observed, VisitClock(staged.script.started_at_ms, 0, end_ms))


def _start(one: Spoken) -> float:
    return one.start_s


def _hops(heard: tuple[Spoken, int]) -> int:
    return heard[1]


@dataclass
class _Ear:
    """Compares stretches; ``chance`` holds numbers 0..1 and ``apart`` normal ones, drawn for each beforehand."""

    staged: StagedVisit
    senses: Senses
    day: float
    not_enrolled: bool
    _told: dict[str, tuple[Told, ...]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def observed(self, stretch: Gathered, chance: list[float], apart: list[float]) -> Iterator[VoiceObservation]:
        """One observation of a stretch or two, none where noise covers it."""
        heard = list(stretch.hops.items())
        total = sum(count for _, count in heard)
        two = len(heard) == 2 and min(heard[0][1], heard[1][1]) >= LEAST_TURN * total
        parts = heard if two and chance[0] < TOLD_APART else [(max(heard, key=_hops)[0], total)]
        for place, (one, count) in enumerate(parts):
            whole = len(heard) > len(parts)
            alike = (
                self._mixed(heard, total, chance, apart) if whole else self._alike(one, count, chance[1], apart[place])
            )
            if alike is not None:
                yield self._observation(stretch.at_s, one, count, alike, chance[3 + place])

    def _mixed(
        self, heard: list[tuple[Spoken, int]], total: int, chance: list[float], apart: list[float]
    ) -> float | None:
        """What several say in one stretch is as like the caregiver as all of it, by how much each says."""
        each = [(self._alike(one, total, chance[1], apart[0]), count) for one, count in heard]
        if any(alike is None for alike, _ in each):
            return None
        return sum((alike or 0.0) * count for alike, count in each) / total

    def _observation(self, at_s: float, one: Spoken, hops: int, alike: float, chance: float) -> VoiceObservation:
        low, high = SPEECH_SHARE
        speech_s = round(hops * HOP_S * (low + (high - low) * chance), 2)
        told = None if self.not_enrolled else round(-1.0 if alike < -1 else 1.0 if alike > 1 else alike, 4)
        return VoiceObservation(int(1000 * at_s), told, speech_s, self._number(one, 7919 * chance % 1))

    def _alike(self, one: Spoken, hops: int, chance: float, apart: float) -> float | None:
        alike = similarity(self._of(one), hops * HOP_S, chance, apart)
        return alike if alike is None or not one.own else alike + self.day

    def _of(self, one: Spoken) -> tuple[Told, ...]:
        if one.who not in self._told:
            voices, conditions = self.senses.voices, self.staged.script.conditions
            caregiver = identity(self.staged.plan.caregiver)
            self._told[one.who] = (
                voices.own(caregiver, conditions) if one.own else voices.other(one.who, caregiver, conditions)
            )
        return self._told[one.who]

    def _number(self, one: Spoken, chance: float) -> int:
        """Voices by their number; two that are alike have one, and now and then one seems another."""
        if chance < SEEMS_NEW:
            return 1000 + int(1e6 * chance)
        if one.who not in self._numbers:
            near = self.staged.script.conditions.distance_m < NEAR_M
            alike = share_of(one.who, self.staged.plan.home.device, "alike")
            taken = self._numbers and alike < (TAKEN_FOR_ONE_NEAR if near else TAKEN_FOR_ONE_AWAY)
            self._numbers[one.who] = min(self._numbers.values()) if taken else len(self._numbers)
        return self._numbers[one.who]
