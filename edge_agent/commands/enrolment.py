"""Enrolling from several files, of which some may be unusable."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from edge_agent.commands.report import Line
from edge_agent.errors import UnreadableFileError
from visit_record.bilingual import Words

Template = TypeVar("Template")


@dataclass(frozen=True)
class Unusable:
    """A file of ``--enrol`` that nobody can be enrolled from."""

    path: Path
    error: UnreadableFileError

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Enrolment(Generic[Template]):
    """Whom the usable files show, ``None`` if there are none, and the files that are not usable."""

    template: Template | None
    unusable: tuple[Unusable, ...]

    def subjects(self, against: Sequence[Path]) -> list[Path | Unusable]:
        """All that there is to tell of: unusable files of the enrolment, then the files to compare."""
        return [*self.unusable, *against]

    def compare(self, with_template: Callable[[Path, Template], Line]) -> Callable[[Path | Unusable], Iterable[Line]]:
        """How to look at a file: unusable ones fail with their own error, and all do where nobody is enrolled."""

        def look(subject: Path | Unusable) -> Iterable[Line]:
            if isinstance(subject, Unusable):
                raise subject.error
            if self.template is None:
                raise UnreadableFileError(
                    f"{subject} has nobody to be compared with: no file of --enrol is usable",
                    f"{subject} 没有可比对的人：--enrol 给的文件都不能用",
                    Words("换更清楚的文件", "give clearer ones"),
                )
            return [with_template(subject, self.template)]

        return look


def enrol_usable(files: Sequence[Path], enrol: Callable[[Sequence[Path]], Template]) -> Enrolment[Template]:
    """Enrol from all files; where that fails, from each that alone would do."""
    try:
        return Enrolment(enrol(files), ())
    except UnreadableFileError:
        unusable = tuple(_unusable(files, enrol))
    usable = [path for path in files if path not in {one.path for one in unusable}]
    return Enrolment(enrol(usable) if usable else None, unusable)


def _unusable(files: Sequence[Path], enrol: Callable[[Sequence[Path]], object]) -> Iterator[Unusable]:
    for path in files:
        try:
            enrol([path])
        except UnreadableFileError as error:
            yield Unusable(path, error)
