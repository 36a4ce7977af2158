"""``edge-agent calibrate``: what a device learns in the home where it stands. Nothing of it leaves the device."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.commands.device import Folder
from edge_agent.commands.many_files import ManyFilesCommand
from edge_agent.commands.options import INSTALLED_REGISTRY, AsJson, Registry
from edge_agent.commands.owning import refuse_anothers_folder
from edge_agent.commands.report import Line, report
from visit_record.vocabulary import SoundCue

if TYPE_CHECKING:
    from edge_agent.calibration.sound import Lesson
    from edge_agent.site_store import TaughtCue

LEARNT = {
    "cue": "线索 Cue",
    "seconds": "秒数 Seconds",
    "examples": "段数 Taken",
    "recall": "留出再识别率 Recall, left out",
    "left_out": "留出单位 Left out by",
    "false_alarms": "通用误报率 False alarms, others",
    "false_alarms_home": "本户误报率 False alarms, home",
}
FORGOTTEN = {"cue": "线索 Cue", "forgotten": "已忘记 Forgotten"}

Examples = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE...", help="这种声音的录音，五段以上各 5 秒 / recordings of it"),
]
Cue = Annotated[SoundCue | None, typer.Option("--cue", help="这是什么声音 / what the files sound of")]
Background = Annotated[
    list[Path] | None,
    typer.Option("--background", metavar="FILE...", help="本户没有这种声音时的录音 / this home without that sound"),
]
FalseAlarms = Annotated[
    float, typer.Option("--false-alarms", min=0.001, max=0.5, help="容许的误报比例 / share of 5 s stretches, at most")
]
Listed = Annotated[bool, typer.Option("--list", help="列出学过的声音 / tell what was learnt")]
Forget = Annotated[SoundCue | None, typer.Option("--forget", help="忘记这种声音 / forget a cue")]


def group() -> typer.Typer:
    """The command group."""
    calibrate = typer.Typer(help="在服务地点校准 / learn the home where the device stands", no_args_is_help=True)
    # A group with a single command would otherwise become that command.
    calibrate.callback()(lambda: None)
    calibrate.command(cls=ManyFilesCommand)(sound)
    return calibrate


def sound(  # noqa: PLR0913, PLR0917 - its options are its arguments
    folder: Folder,
    files: Examples = None,
    cue: Cue = None,
    background: Background = None,
    false_alarms: FalseAlarms = 0.05,
    listed: Listed = False,
    forget: Forget = None,
    registry: Registry = INSTALLED_REGISTRY,
    as_json: AsJson = False,
) -> None:
    """学习本户的声音 / Learn what this home's water, dishes or bed-making sound like. No sound is kept."""
    if sum((cue is not None, listed, forget is not None)) != 1 or bool(files) != (cue is not None):
        raise typer.BadParameter("要 --cue 和文件、--list 或 --forget 之一 / give --cue with files, --list or --forget")
    if cue is None and not folder.is_dir():
        raise typer.BadParameter(f"--folder: 没有这个文件夹 / there is no folder {folder}")
    if not listed:
        refuse_anothers_folder(folder)
    if forget is not None:
        report([forget], lambda one: [_forgotten(folder, one)], FORGOTTEN, as_json=as_json, named="cue")
    elif cue is not None:
        recordings = _Recordings(files or [], background or [], false_alarms)
        report([cue], lambda one: [_learnt(folder, one, recordings, registry)], LEARNT, as_json=as_json, named="cue")
    else:
        report([folder], lambda one: _known(one, registry), LEARNT, as_json=as_json, named="folder")


@dataclass(frozen=True)
class _Recordings:
    examples: Sequence[Path]
    background: Sequence[Path]
    false_alarms: float


def _learnt(folder: Path, cue: SoundCue, recordings: _Recordings, registry: Path) -> Line:
    from edge_agent.calibration.recordings import hear_recordings
    from edge_agent.calibration.sound import check_teachable, generic_sounds_of, lesson_of, refuse_if_unheard, taught
    from edge_agent.perception.model_store import ModelStore
    from edge_agent.perception.site_sound import SoundSpace
    from edge_agent.perception.sound_embedder import SoundEmbedder
    from edge_agent.site_store import SiteFile

    check_teachable(cue)
    store = ModelStore.open(registry)
    generic, embedder = generic_sounds_of(store), SoundEmbedder(store)
    examples, background = (hear_recordings(files, embedder) for files in (recordings.examples, recordings.background))
    kept = taught(examples, background, recordings.false_alarms)
    lesson = lesson_of(cue, kept, generic, SoundSpace.of(generic.points))
    refuse_if_unheard(cue, lesson)
    SiteFile(folder).teach(generic.student, cue, kept)
    return _line(cue, kept, lesson)


def _known(folder: Path, registry: Path) -> Iterator[Line]:
    from edge_agent.calibration.sound import generic_sounds_of, lessons
    from edge_agent.perception.model_store import ModelStore
    from edge_agent.perception.site_sound import SoundSpace
    from edge_agent.site_store import SiteFile

    stored = SiteFile(folder).read()
    if stored is None:
        typer.echo("没有学过任何声音 / nothing was learnt here", err=True)
        return
    generic = generic_sounds_of(ModelStore.open(registry))
    for cue, lesson in lessons(stored[0], generic, SoundSpace.of(generic.points)):
        yield _line(cue, stored[0].cues[cue], lesson)


def _forgotten(folder: Path, cue: SoundCue) -> Line:
    from edge_agent.errors import SiteSoundError
    from edge_agent.site_store import SiteFile

    if not SiteFile(folder).forget(cue):
        raise SiteSoundError(
            f"{cue} was never learnt here; `calibrate sound --list` tells what was",
            f"没有学过 {cue}；学过的用 --list 列出",
        )
    return {"cue": cue.value, "forgotten": True}


def _line(cue: SoundCue, kept: "TaughtCue", lesson: "Lesson") -> Line:
    return {
        "cue": cue.value,
        "seconds": kept.seconds,
        "windows": kept.windows,
        "examples": len(kept.examples.takes),
        "recall": round(lesson.recall, 4),
        "left_out": "recording" if lesson.by_recording else "stretch",
        "false_alarms": round(lesson.false_alarms_generic, 4),
        "false_alarms_home": None if lesson.false_alarms_home is None else round(lesson.false_alarms_home, 4),
    }
