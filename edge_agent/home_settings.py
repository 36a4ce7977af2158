"""The home where a device stands, and what of it the device sees: a section for each."""

from typing import Annotated

from msgspec import Meta

from edge_agent.perception.geodesy import Point
from edge_agent.section import Section, Share


class SiteSettings(Section, frozen=True):
    """The recipient's home."""

    latitude_deg: Annotated[float, Meta(ge=-90, le=90)]
    """Latitude in degrees, WGS 84, north positive."""

    longitude_deg: Annotated[float, Meta(ge=-180, le=180)]
    """Longitude in degrees, WGS 84, east positive."""

    @property
    def point(self) -> Point:
        """The place."""
        return Point(self.latitude_deg, self.longitude_deg)


class BedSettings(Section, frozen=True):
    """Where the bed lies in the thermal array's picture."""

    row0: Share
    """Upper edge, as a share 0..1 of the rows from the top."""

    col0: Share
    """Left edge, as a share 0..1 of the columns from the left."""

    row1: Share
    """Lower edge, as a share 0..1 of the rows from the top."""

    col1: Share
    """Right edge, as a share 0..1 of the columns from the left."""


class ThermalViewSettings(Section, frozen=True):
    """The part of the camera's picture that the thermal array sees, where both look at the same place."""

    row0: float
    """Upper edge, as a share of the picture's rows from the top; below 0 where the array sees beyond the picture."""

    col0: float
    """Left edge, as a share of the picture's columns from the left."""

    row1: float
    """Lower edge."""

    col1: float
    """Right edge."""
