"""How far two records of one recorded visit agree: what one program made of it on two machines. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# What a record says of the visit. The rest is whose it is, and when and by what it was sealed.
WITNESSED = ("span", "where", "face", "voice", "occupancy", "sound", "services", "integrity")
_ABSENT = object()


@dataclass(frozen=True)
class Agreement:
    """What two records say: how many single things, which of them differ, and by how much numbers do at most."""

    told: int
    numbers_apart: tuple[str, ...]
    furthest: float
    otherwise_apart: tuple[str, ...]
    """What is there in one alone, or no number: a cue, a count of intervals, a reason."""


def agreement(one: Mapping[str, Any], other: Mapping[str, Any]) -> Agreement:
    """Hold two records, as the API gives them, against each other."""
    mine, theirs = (dict(_leaves({part: record[part] for part in WITNESSED})) for record in (one, other))
    apart = {path for path in mine.keys() | theirs.keys() if mine.get(path, _ABSENT) != theirs.get(path, _ABSENT)}
    numbers = {path for path in apart if _is_number(mine.get(path)) and _is_number(theirs.get(path))}
    furthest = max((abs(mine[path] - theirs[path]) for path in numbers), default=0.0)
    return Agreement(len(mine.keys() | theirs.keys()), tuple(sorted(numbers)), furthest, tuple(sorted(apart - numbers)))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, value
        return
    for key, part in inner:
        yield from _leaves(part, f"{path}.{key}" if path else str(key))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
