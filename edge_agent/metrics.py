"""The device's health for Prometheus, on this machine alone: ``http://127.0.0.1:PORT/metrics``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import MappingProxyType

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from edge_agent.errors import OutboxError, SettingsError
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words
from visit_record.health import Health

# Never another: a device answers nobody but itself.
LOOPBACK = "127.0.0.1"


class Figure(StrEnum):
    """The figures of one value each; what is not known is not told."""

    TEMPERATURE = "carewitness_temperature_celsius"
    THROTTLED = "carewitness_throttled_bits"
    DISK_FREE = "carewitness_disk_free_megabytes"
    DISK_TOTAL = "carewitness_disk_total_megabytes"
    CLOCK = "carewitness_clock_synchronised"
    UP = "carewitness_machine_up_seconds"
    WAITING = "carewitness_records_waiting"
    OLDEST = "carewitness_oldest_waiting_visit_seconds"
    UNDER_WAY = "carewitness_visits_under_way"
    SET_ASIDE = "carewitness_files_set_aside"
    RESERVE = "carewitness_disk_reserve_held"


SAID: Mapping[Figure, str] = MappingProxyType(
    {
        Figure.TEMPERATURE: "Temperature of the processor",
        Figure.THROTTLED: "Bits of vcgencmd get_throttled",
        Figure.DISK_FREE: "Space that is free in the device's folder",
        Figure.DISK_TOTAL: "Space of the disk that the device's folder is on",
        Figure.CLOCK: "1 where the kernel calls the clock synchronised",
        Figure.UP: "Seconds since the machine started",
        Figure.WAITING: "Records that the server has not received",
        Figure.OLDEST: "Seconds since the visit of the oldest waiting record began",
        Figure.UNDER_WAY: "Visits that are not sealed yet",
        Figure.SET_ASIDE: "Damaged files that were set aside: of the outbox, its head, or the count of starts",
        Figure.RESERVE: "1 where space is held for a full disk",
    }
)


class HealthMetrics(Collector):
    """Asks for the health at each scrape; where it cannot be had, says so and nothing else."""

    def __init__(self, check: Callable[[], Health]) -> None:
        self._check = check

    def collect(self) -> Iterable[Metric]:
        """All figures now."""
        try:
            health = self._check()
        except OutboxError as error:
            structlog.get_logger().error("health_unknown", reason=str(error))
            return [_gauge("carewitness_healthy_outbox", "Whether the outbox can be read", 0.0)]
        return [_gauge("carewitness_healthy_outbox", "Whether the outbox can be read", 1.0), *_metrics(health)]


@contextmanager
def serving_metrics(check: Callable[[], Health], port: int) -> Iterator[None]:
    """Answer on the loopback while the block runs.

    Raises:
        SettingsError: the port cannot be used.
    """
    registry = CollectorRegistry()
    registry.register(HealthMetrics(check))
    try:
        server, thread = start_http_server(port, LOOPBACK, registry)
    except OSError as cause:
        raise SettingsError(
            f"[metrics] port {port} cannot be used: {cause.strerror}",
            f"[metrics] port {port} 不能用：{why_zh(cause)}",
            Words("换一个端口", "take another port"),
        ) from cause
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _metrics(health: Health) -> Iterator[Metric]:
    for figure, value in _figures(health).items():
        if value is not None:
            yield _gauge(figure, SAID[figure], float(value))
    sensors = GaugeMetricFamily("carewitness_sensor_state", "1 for a sensor's state", labels=("sensor", "state"))
    for sensor in health.sensors:
        sensors.add_metric((sensor.sensor, sensor.state), 1.0)
    took = GaugeMetricFamily("carewitness_sense_milliseconds", "Time for a reading", labels=("sense", "quantile"))
    for latency in health.latencies:
        took.add_metric((latency.sense, "0.5"), latency.median_ms)
        took.add_metric((latency.sense, "0.95"), latency.p95_ms)
    yield from (sensors, took)


def _figures(health: Health) -> dict[Figure, float | int | None]:
    machine, queue = health.machine, health.queue
    oldest_ms = queue.oldest_visit_ms
    return {
        Figure.TEMPERATURE: machine.temperature_c,
        Figure.THROTTLED: machine.throttled,
        Figure.DISK_FREE: machine.disk_free_mb,
        Figure.DISK_TOTAL: machine.disk_total_mb,
        Figure.CLOCK: machine.clock_synchronised,
        Figure.UP: machine.up_s,
        Figure.WAITING: queue.waiting,
        Figure.OLDEST: None if oldest_ms is None else max(0, health.at_ms - oldest_ms) / 1000,
        Figure.UNDER_WAY: queue.under_way,
        Figure.SET_ASIDE: queue.set_aside,
        Figure.RESERVE: queue.reserve_held,
    }


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)
