"""The service-item catalogue: data, with the cues that each item normally leaves."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from visit_record.errors import CatalogueError
from visit_record.vocabulary import OccupancyCue, SoundCue


class ServiceItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One item: names, usual minutes, and the cues it normally leaves."""

    id: str
    zh: str
    en: str
    usual_minutes: int
    sound: tuple[SoundCue, ...]
    occupancy: tuple[OccupancyCue, ...]

    @property
    def leaves_no_cue(self) -> bool:
        """Whether nothing the device senses can support or contradict this item."""
        return not self.sound and not self.occupancy


class _Items(Struct, frozen=True):
    item: list[ServiceItem]


def parse_catalogue(text: str) -> Mapping[str, ServiceItem]:
    """Read a catalogue in TOML: items by id, in the file's order.

    Raises:
        CatalogueError: malformed, an unknown cue, or an id that stands twice.
    """
    try:
        items = msgspec.convert(tomllib.loads(text), _Items).item
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        raise CatalogueError(f"the service items cannot be read: {cause}") from cause
    catalogue = {item.id: item for item in items}
    if len(catalogue) != len(items):
        raise CatalogueError("a service item's id stands twice")
    return catalogue


@cache
def service_items() -> Mapping[str, ServiceItem]:
    """The catalogue that ships with this version."""
    return parse_catalogue(files("visit_record").joinpath("service_items.toml").read_text("utf-8"))
