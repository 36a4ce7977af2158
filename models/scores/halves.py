"""Who and what belongs to which half: nobody, no source and no home to both."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.care_sound.data import Clip, Split, kitchen20, librispeech
from models.face.orl import Photo, halves, photographs
from models.voiceprint.corpus import Wave, cut
from models.voiceprint.trials import LEAST_SPEECH_S
from sim.script import Portrait
from sim.senses.half import Half

# Homes that training does not use, and of which the card of the occupancy model reports nothing.
HOMES: Mapping[Half, range] = {Half.FIT: range(7_300, 7_332), Half.TEST: range(7_400, 7_432)}
# The two faces that any machine has; liveness chose its thresholds on the first of them.
PORTRAITS: Mapping[Half, Portrait] = {Half.FIT: Portrait.GRACE_HOPPER, Half.TEST: Portrait.ASTRONAUT}
# Seeds of what is staged.
SEEDS: Mapping[Half, int] = {Half.FIT: 60_000, Half.TEST: 70_000}


def faces_of(half: Half, data: Path) -> list[Photo]:
    """The ORL people on whom thresholds were chosen fit; those of whom the card reports test."""
    choosing, reporting = halves(photographs(data))
    return choosing if half is Half.FIT else reporting


def place_of(half: Half) -> int:
    """0 for the speakers on whom the voiceprint's choices were made, 1 for those of whom its card reports."""
    return 0 if half is Half.FIT else 1


def speaker_halves(speech: Mapping[str, Wave]) -> dict[str, Half]:
    """The half of each speaker, as the voiceprint's card has them; who speaks too little for it goes by turns."""
    ids = {name: cut(wave, LEAST_SPEECH_S) is not None for name, wave in speech.items()}
    of_kind = [[name for name, long in ids.items() if long is which] for which in (True, False)]
    return {name: list(Half)[place % 2] for names in of_kind for place, name in enumerate(names)}


def sounds_of(half: Half, data: Path, speakers: Mapping[str, Half]) -> list[Clip]:
    """Clips of sources that the care-sound model never learnt from, halved by source so that each cue has both."""
    kitchen = list(kitchen20(data, Split.TEST))
    sources = source_halves(kitchen)
    spoken = [clip for clip in librispeech(data, Split.TEST) if speakers[clip.source] is half]
    return [*(clip for clip in kitchen if sources[clip.source] is half), *spoken]


def source_halves(clips: Sequence[Clip]) -> dict[str, Half]:
    """Sources by turns, those of the rarest cue first."""
    common = Counter(cue for clip in clips for cue in clip.cues)
    chosen: dict[str, Half] = {}
    for cue in [*sorted(common, key=lambda one: common[one]), None]:
        of_cue = {clip.source for clip in clips if cue is None or cue in clip.cues} - chosen.keys()
        in_turn = sorted(of_cue, key=lambda source: hashlib.sha256(source.encode()).digest())
        chosen |= {source: list(Half)[place % 2] for place, source in enumerate(in_turn)}
    return chosen
