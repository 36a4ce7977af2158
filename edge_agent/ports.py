"""The seams of the device. An adapter raises only the port's own error, ``from`` whatever it met."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from edge_agent.desk.asks import Ask
from edge_agent.desk.past_view import PastView
from edge_agent.desk.view import DeskView
from edge_agent.readings import CameraFrame, PositionReading, Reading, TamperSign
from visit_record.vocabulary import Modality

R_co = TypeVar("R_co", bound=Reading, covariant=True)


class Sensor(Protocol[R_co]):
    """One sense. Opening happens on the first ``next``: a sensor without consent is never opened."""

    @property
    def modality(self) -> Modality:
        """The sense this is."""
        ...

    def readings(self) -> Iterator[R_co]:
        """Yield readings in order of ``at_ms`` until the source ends.

        Raises:
            SensorError: the source cannot be opened, or has failed.
        """
        ...


class TamperGuard(Protocol):
    """Notices that the device itself is moved or opened. It senses nobody, and so needs nobody's consent."""

    def signs(self) -> Iterator[TamperSign]:
        """Yield how it stands, at least every few seconds, and each move at once.

        Raises:
            SensorError: it cannot be opened, or has failed.
        """
        ...


class ReceiverDecoder(Protocol):
    """Reads receivers' logs in the makers' binary formats."""

    def readings(self, log: Path) -> Sequence[PositionReading]:
        """What the receiver told, in order of ``at_ms``; empty where the log speaks of no position.

        Raises:
            SensorError: the log cannot be decoded here, which says nothing of the log.
        """
        ...


class Desk(Protocol):
    """All that a screen may know and do. A screen keeps nothing of its own: what it shows is the latest view.

    Any thread may call any of it.
    """

    def view(self) -> DeskView:
        """The device as it stands now."""
        ...

    def past(self) -> PastView:
        """The past visits of whoever has just shown who they are; of nobody where nobody has.

        Raises:
            DeskError: they cannot be read.
        """
        ...

    def mirror(self) -> CameraFrame | None:
        """What the camera sees of whoever checks in or out; ``None`` where it has given no picture yet.

        Whoever is handed a picture shows it and lets it go.

        Raises:
            DeskError: nobody is looked at now, or nobody may see it.
        """
        ...

    def ask(self, ask: Ask) -> None:
        """Ask for something; that it was granted shows in a later view.

        Raises:
            DeskError: it cannot be had, and nothing changed.
        """
        ...

    def await_change(self, version: int, timeout_s: float) -> int:
        """Wait until the view's version is another than this, or the time is up; the version then."""
        ...
