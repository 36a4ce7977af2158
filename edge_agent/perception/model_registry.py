"""The registry: one row for each model, and the one hash that its file may have."""

import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from edge_agent.errors import ModelError
from visit_record.bilingual import Words

_BUILT_ON_SETUP = "built on set-up"

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
# A name beside the registry, or beside a repository's root: never a way out of it.
RelativePath = Annotated[str, Meta(pattern=r"^(?!/)(?!.*(?:^|/)\.\.(?:/|\Z))[^\\\n]+\Z")]


class PublicSource(Struct, frozen=True, forbid_unknown_fields=True):
    """Where everybody can fetch a model: one version of one file of a public Git repository."""

    repository: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*\Z")]
    """``owner/name`` on GitHub."""

    commit: Annotated[str, Meta(pattern=r"^[0-9a-f]{40}\Z")]
    """The version: a branch would move."""

    path: RelativePath
    """The file in that version."""

    bytes: Annotated[int, Meta(gt=0)]
    """How long the file is: whoever serves it cannot fill the disk."""


class ModelEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of ``registry.toml``; ``file`` and ``card`` are relative to the registry."""

    role: str
    file: RelativePath
    sha256: Sha256
    input: str
    output: str
    licence: str
    card: RelativePath
    source: str
    calibration: str = ""
    """What turns the raw output into a decision, and where its thresholds stand."""

    public: PublicSource | None = None
    """For a model that is pulled: without it the part that would use it does without."""

    package: str | None = None
    """For a model that an installed package brings: ``file`` is then relative to the package."""

    @property
    def cure(self) -> Words:
        """What brings a lost or altered file back."""
        if self.public is not None:
            command = f"edge-agent models pull {self.role}"
            return Words(f"运行 {command}", f"run `{command}`")
        if self.package is not None:
            return Words(
                "删去 .venv，再运行 make setup",
                f"remove .venv and run `make setup`, which installs {self.package} as locked",
            )
        if self.source.startswith(_BUILT_ON_SETUP):
            # Make holds a set-up for done even where a file of it was lost since.
            command = self.source.rpartition(" by ")[2]
            return Words(
                f"运行 make setup；运行过的，运行 {command}",
                f"run `make setup`, or where that was done before `{command}`",
            )
        return Words(
            f"从仓库取回 models/{self.file}（git checkout）",
            f"restore models/{self.file} from the repository (git checkout), which keeps it",
        )

    def path(self, folder: Path) -> Path:
        """The file, for the folder that the registry lies in.

        Raises:
            ModelError: the package that brings it is not installed.
        """
        if self.package is None:
            return folder / self.file
        found = find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            raise ModelError(
                f"the package {self.package} of the {self.role} model is not installed",
                f"没有安装模型 {self.role} 所在的软件包 {self.package}",
                self.cure,
            )
        return Path(found.submodule_search_locations[0]) / self.file


class _Registry(Struct, frozen=True):
    model: list[ModelEntry]


def read_registry(registry: Path) -> Mapping[str, ModelEntry]:
    """Its rows by role.

    Raises:
        ModelError: the registry is missing, malformed, or names a role twice.
    """
    try:
        rows = msgspec.convert(tomllib.loads(registry.read_text("utf-8")), _Registry).model
    except (OSError, ValueError) as cause:
        raise ModelError(
            f"cannot read the model registry {registry}: {cause}", f"无法读取 {registry}，详情见英文"
        ) from cause
    entries = {row.role: row for row in rows}
    if len(entries) < len(rows):
        raise ModelError(
            f"the model registry {registry} names a role twice; keep one row of it",
            f"{registry} 中同一用途写了两次；只留一行",
        )
    return entries
