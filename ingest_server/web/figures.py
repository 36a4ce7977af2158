"""Figures for Prometheus: those that this process keeps, and those that its server shows."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector


class Figures(NamedTuple):
    """Where counters are made, and what ``/metrics`` tells."""

    kept: CollectorRegistry
    shown: CollectorRegistry

    @classmethod
    def of_one_process(cls) -> "Figures":
        """What this process counts is all there is."""
        registry = CollectorRegistry()
        return cls(registry, registry)

    @classmethod
    def of_several(cls) -> "Figures":
        """What all processes of this server counted, in the folder that they inherited the name of.

        Raises:
            ValueError: there is no such folder.
        """
        shown = CollectorRegistry()
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
        return cls(CollectorRegistry(), shown)


class IntakeConnected(Collector):
    """Whether records can arrive, 1 or 0, as it is when somebody asks."""

    def __init__(self, connected: Callable[[], bool]) -> None:
        self._connected = connected

    def collect(self) -> Iterable[Metric]:
        """The one gauge."""
        about = "Whether the intake is connected to the broker."
        yield GaugeMetricFamily("carewitness_intake_connected", about, value=float(self._connected()))
