"""What a part of a settings file is made of."""

from typing import Annotated

from msgspec import Meta, Struct

# The bound keeps out infinity, which no clock reaches.
Positive = Annotated[float, Meta(gt=0, le=1e9)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file; a misspelt name is an error, not a setting without effect."""
