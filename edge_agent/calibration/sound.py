"""Teaching a device what one home sounds like, and telling how well it will know it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_agent.calibration.recordings import Heard
from edge_agent.errors import ModelError, SiteSoundError
from edge_agent.perception import generic_sounds
from edge_agent.perception.generic_sounds import GenericSounds
from edge_agent.perception.model_store import REINSTALL, ModelStore
from edge_agent.perception.site_sound import (
    SiteCue,
    SiteSounds,
    SoundSpace,
    learn_cue,
    recognised_when_left_out,
    rival_scores,
    rivals_of,
)
from edge_agent.site_store import SiteCalibration, SiteFile, Stretches, TaughtCue
from visit_record.vocabulary import SoundCue

LEAST_EXAMPLES = 5
# Of five examples that are no cue at all, two are known again by chance in one case of forty.
LEAST_RECALL = 0.4
# Speech is not taught: whose voice is compared rests on it. Quiet is a level.
TEACHABLE = tuple(cue for cue in SoundCue if cue not in {SoundCue.SPEECH, SoundCue.QUIET})
# With fewer recordings than this, stretches are left out one by one and not by recording.
_LEAST_TAKES = 3


@dataclass(frozen=True)
class Lesson:
    """What a device makes of a taught cue: shares 0..1; ``recall`` of examples that were left out of the learning."""

    site: SiteCue
    recall: float
    by_recording: bool
    false_alarms_generic: float
    false_alarms_home: float | None


@dataclass(frozen=True)
class OpenedSite:
    """A home's own sounds, ready to listen with, and the SHA-256 of the file that they stand in."""

    sounds: SiteSounds
    sha256: str


def generic_sounds_of(store: ModelStore) -> GenericSounds:
    """The registry's generic sounds.

    Raises:
        ModelError: they cannot be read, or are of another care_sound model than the registry's.
    """
    sounds = generic_sounds.from_bytes(store.read("generic_sounds"))
    if sounds.student != student_of(store):
        raise ModelError(
            "the generic_sounds file is of another care_sound model than the registry's",
            "generic_sounds 文件属于另一个 care_sound 模型",
            REINSTALL,
        )
    return sounds


def student_of(store: ModelStore) -> str:
    """The SHA-256 of the care-sound model, which every calibration is bound to.

    Raises:
        ModelError: the registry has none.
    """
    if "care_sound" not in store.entries:
        raise ModelError("the registry names no care_sound model", "模型登记表里没有 care_sound", REINSTALL)
    return store.entries["care_sound"].sha256


def check_teachable(cue: SoundCue) -> None:
    """Refuse a cue that no home may teach.

    Raises:
        SiteSoundError: it is speech or quiet.
    """
    if cue not in TEACHABLE:
        can = ", ".join(TEACHABLE)
        raise SiteSoundError(f"{cue} cannot be taught; one of these can: {can}", f"{cue} 不能由本户来教；可以教 {can}")


def taught(examples: Heard, background: Heard, false_alarms: float) -> TaughtCue:
    """What is kept of labelled recordings.

    Raises:
        SiteSoundError: they are fewer than five examples.
    """
    if len(examples.takes) < LEAST_EXAMPLES:
        raise SiteSoundError(
            f"{len(examples.takes)} examples of 5 s are too few: give {LEAST_EXAMPLES} or more, best of different days",
            f"只有 {len(examples.takes)} 段各 5 秒的声音；要 {LEAST_EXAMPLES} 段以上，最好在不同的日子录",
        )
    return TaughtCue(_kept(examples), _kept(background), false_alarms, examples.seconds, examples.windows)


def _kept(heard: Heard) -> Stretches:
    return Stretches.of(heard.points, heard.takes)


def lesson_of(cue: SoundCue, kept: TaughtCue, generic: GenericSounds, space: SoundSpace) -> Lesson:
    """Learn a cue from what is kept of it, and foretell how well it is known again.

    Raises:
        SiteSoundError: what is kept is damaged.
    """
    width = generic.points.shape[1]
    rivals = rivals_of(cue, generic, space, kept.background.rows(width), kept.background.takes)
    examples = space.place(kept.examples.rows(width))
    site = learn_cue(examples, rivals, kept.false_alarms)
    takes = np.asarray(kept.examples.takes)
    by_recording = len(np.unique(takes)) >= _LEAST_TAKES
    left_out = takes if by_recording else np.arange(len(takes))
    recognised = recognised_when_left_out(examples, left_out, rivals, kept.false_alarms)
    above = rival_scores(site.prototype, rivals) > site.threshold
    home = float(above[rivals.home].mean()) if rivals.home.any() else None
    return Lesson(site, float(recognised.mean()), by_recording, float(above[~rivals.home].mean()), home)


def refuse_if_unheard(cue: SoundCue, lesson: Lesson) -> None:
    """Refuse what would be learnt in vain.

    Raises:
        SiteSoundError: fewer than two in five of the left-out examples were known again.
    """
    if lesson.recall < LEAST_RECALL:
        raise SiteSoundError(
            f"{cue} is not learnt: of the examples, each heard with the help of the others alone, {lesson.recall:.0%} "
            "stand out from other sounds and from the background; record it nearer, without other sounds, and leave it "
            "out of --background",
            f"学不会 {cue}：逐段留出时只有 {lesson.recall:.0%} 与别的声音分得开；录近一些，不要夹杂别的声音，"
            "也不要放进 --background",
        )


def lessons(
    calibration: SiteCalibration, generic: GenericSounds, space: SoundSpace
) -> Iterator[tuple[SoundCue, Lesson]]:
    """Every cue of a calibration.

    Raises:
        SiteSoundError: it is damaged, or was learnt with another care-sound model.
    """
    if calibration.care_sound != generic.student:
        raise SiteSoundError(
            "this home's sounds were learnt with another care_sound model; run `edge-agent calibrate sound` again for "
            "each cue",
            "本户的声音是用别的声音模型学的；每种声音再用 edge-agent calibrate 学一次",
        )
    for cue, kept in calibration.cues.items():
        yield cue, lesson_of(cue, kept, generic, space)


def open_site(folder: Path, store: ModelStore) -> OpenedSite | None:
    """What was taught in this home; ``None`` where nothing ever was.

    Raises:
        SiteSoundError: it is damaged, or was learnt with another care-sound model.
        ModelError: the generic sounds cannot be read.
    """
    stored = SiteFile(folder).read()
    if stored is None:
        return None
    calibration, sha256 = stored
    generic = generic_sounds_of(store)
    space = SoundSpace.of(generic.points)
    cues = {cue: lesson.site for cue, lesson in lessons(calibration, generic, space)}
    return OpenedSite(SiteSounds(space, cues), sha256)
