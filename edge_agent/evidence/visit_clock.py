"""From the device's monotonic time to the wall-clock times of the record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitClock:
    """The visit's one anchor between clocks: a wall clock that steps later moves no evidence.

    ``check_out_monotonic_ms`` must not be before ``check_in_monotonic_ms``.
    """

    check_in_utc_ms: int
    check_in_monotonic_ms: int
    check_out_monotonic_ms: int

    def __post_init__(self) -> None:
        if self.check_out_monotonic_ms < self.check_in_monotonic_ms:
            raise ValueError("a visit cannot end before it begins on the monotonic clock")

    @property
    def duration_s(self) -> float:
        """Length of the visit in seconds of the monotonic clock."""
        return (self.check_out_monotonic_ms - self.check_in_monotonic_ms) / 1000

    def utc_ms(self, monotonic_ms: int) -> int:
        """UTC milliseconds of a monotonic moment."""
        return self.check_in_utc_ms + monotonic_ms - self.check_in_monotonic_ms

    def holds(self, monotonic_ms: int) -> bool:
        """Whether a monotonic moment lies within the visit, both ends included."""
        return self.check_in_monotonic_ms <= monotonic_ms <= self.check_out_monotonic_ms

    def share_of_visit(self, seconds: float) -> float:
        """``seconds`` as a share 0..1 of the visit; 0.0 for a visit without length."""
        if self.duration_s == 0:
            return 0.0
        return min(1.0, max(0.0, seconds / self.duration_s))
