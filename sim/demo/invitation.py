"""What the demo says to whoever is to look: where, as whom, and what is staged there."""

from collections.abc import Iterator, Mapping, Sequence

from sim.demo.service import LogIn
from sim.demo.staged_health import StagedHealth


def invitation(address: str, people: Sequence[LogIn], health: Mapping[str, StagedHealth]) -> Iterator[str]:
    """Its lines, in rich's markup."""
    yield f"\n打开 · Open [bold]{address}[/]"
    for person in people:
        yield f"  {person.role} {person.agency or ''}: {person.name} / {person.password}"
    yield f"设备自述（编排的）· What devices tell of themselves, staged: {address}/devices"
    for device, one in health.items():
        if one.shows is not None:
            yield f"  {address}/devices/{device}/health  {one.shows.both}"
    yield "Ctrl-C 结束 · ends everything."
