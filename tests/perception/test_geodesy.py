"""Distances against published geodesics, and against what any distance must obey."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.perception.geodesy import LONGEST_M, Point, distance_m

POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))

# Karney's GeographicLib on WGS 84, and the parallel and meridian of the equator's first degree.
GEODESICS = {
    "New York to London": (Point(40.6, -73.8), Point(51.6, -0.5), 5_551_759.400, 1.0),
    "a degree of the equator": (Point(0, 0), Point(0, 1), 111_319.4908, 0.001),
    "a degree of the first meridian": (Point(0, 0), Point(1, 0), 110_574.3886, 0.001),
    "pole to pole": (Point(90, 0), Point(-90, 0), 20_003_931.459, 20.0),
    "Flinders Peak to Buninyong": (
        Point(-37.951033417, 144.424867889),
        Point(-37.652821139, 143.926495528),
        54_972.271,
        0.1,
    ),
}


@pytest.mark.parametrize(("one", "other", "expected_m", "within_m"), GEODESICS.values(), ids=GEODESICS.keys())
def test_published_geodesics(one: Point, other: Point, expected_m: float, within_m: float) -> None:
    assert distance_m(one, other) == pytest.approx(expected_m, abs=within_m)


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways_finite_and_no_longer_than_half_the_earth(one: Point, other: Point) -> None:
    there_m = distance_m(one, other)
    assert there_m == pytest.approx(distance_m(other, one), abs=1e-6)
    assert 0 <= there_m <= LONGEST_M


@given(POINTS)
def test_a_place_is_no_distance_from_itself(point: Point) -> None:
    assert distance_m(point, point) == 0.0


@given(POINTS, POINTS, POINTS)
def test_no_detour_is_shorter(one: Point, other: Point, between: Point) -> None:
    # Lambert's formula is an approximation, worst where places lie opposite: 0.2%.
    detour_m = distance_m(one, between) + distance_m(between, other)
    assert distance_m(one, other) <= detour_m * 1.002 + 1e-6


@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(1, 1000), st.floats(0, 2 * math.pi))
def test_a_walk_of_some_metres_is_as_long_as_a_flat_map_says(
    latitude_deg: float, longitude_deg: float, walk_m: float, bearing: float
) -> None:
    radians = math.radians(latitude_deg)
    flattened = 1 - 0.00669437999014 * math.sin(radians) ** 2
    meridian_m = 6_335_439.327 / flattened**1.5
    across_m = 6_378_137.0 / math.sqrt(flattened) * math.cos(radians)
    end = Point(
        latitude_deg + math.degrees(walk_m * math.cos(bearing) / meridian_m),
        longitude_deg + math.degrees(walk_m * math.sin(bearing) / across_m),
    )
    assert distance_m(Point(latitude_deg, longitude_deg), end) == pytest.approx(walk_m, rel=0.01)
