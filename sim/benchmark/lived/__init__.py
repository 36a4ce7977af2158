"""Visits of the benchmark lived through the device's real perception, and kept: hours of a device's work.

Example::

    for staged, record in live_many(visits, Path("var/lived"), Path("models/registry.toml"), processes=2):
        ...
    bundle = read_bundle(RECORDS)        # what was lived once and is kept with the code
"""

from sim.benchmark.lived.bundle import RECORDS, REGISTRY, Bundle, LivedRecord, read_bundle
from sim.benchmark.lived.many import Outcome, live_many

__all__ = ["RECORDS", "REGISTRY", "Bundle", "LivedRecord", "Outcome", "live_many", "read_bundle"]
