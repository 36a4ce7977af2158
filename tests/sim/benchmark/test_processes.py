import os
from collections.abc import Iterator

import pytest

from sim.benchmark.processes import in_order
from sim.errors import BenchmarkError


def squared(number: int) -> int:
    return number**2


def ended(number: int) -> int:
    os._exit(9)
    return number


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_order_whatever_the_processes(processes: int) -> None:
    assert list(in_order(squared, range(20), processes)) == [number**2 for number in range(20)]


def test_no_more_is_drawn_from_the_world_than_keeps_the_processes_busy() -> None:
    drawn: list[int] = []

    def chunks() -> Iterator[int]:
        for number in range(50):
            drawn.append(number)
            yield number

    results = in_order(squared, chunks(), 2)
    assert next(results) == 0
    assert len(drawn) <= 5
    results.close()


def test_process_ended_from_outside_is_told_and_not_waited_for() -> None:
    with pytest.raises(BenchmarkError, match="fewer --processes"):
        list(in_order(ended, range(3), 2))
