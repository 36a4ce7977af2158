"""A TOML file of ours, read into a struct. Its paths are relative to it."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge_agent.errors import SettingsError
from edge_agent.misread import misread, not_toml
from edge_agent.system_words import why_zh

T = TypeVar("T")


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into a struct; its paths become relative to the file's folder.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, or a value out of its bounds.
    """

    def beside_the_file(wanted: type[Any], value: Any) -> Any:  # noqa: ANN401 - msgspec's hook
        if wanted is Path and isinstance(value, str):
            return path.parent / value
        raise TypeError(f"{wanted.__name__} cannot be read from {type(value).__name__}")

    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as cause:
        raise SettingsError(f"cannot read {path}: {cause.strerror}", f"无法读取 {path}：{why_zh(cause)}") from cause
    except ValueError as cause:
        raise SettingsError(f"{path}: {cause}", f"{path} {not_toml(cause)}") from cause
    try:
        return msgspec.convert(content, kind, dec_hook=beside_the_file)
    except msgspec.ValidationError as cause:
        wrong = misread(cause, content, kind)
        raise SettingsError(f"{path}: {wrong.en}", f"{path}：{wrong.zh}") from cause
