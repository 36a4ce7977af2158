"""One visit through the whole device, in a process of its own: ``python -m bench.device FOLDER STARTED_S``.

Sensors from files, all four senses, evidence, the sealed record and the outbox: what runs in the room, but for the
uplink. ``STARTED_S`` is when the process was started, by the machine's monotonic clock.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.process import REGISTRY, most_resident_mib, resident_mib, stay_on_one_core, tell
from bench.staged import STARTED_AT_MS, StagedVisit
from edge_agent.actions import CheckIn
from edge_agent.bootstrap.kept import open_outbox
from edge_agent.bootstrap.witnessing import build_witness
from edge_agent.consent import Permissions
from edge_agent.identity import start
from edge_agent.senses import Senses
from edge_agent.witness_ports import WallClock


class _Ready:
    """Notes when the senses were open."""

    at_s = cpu_s = resident_mib = 0.0

    def note(self) -> None:
        self.at_s, self.cpu_s, self.resident_mib = time.monotonic(), time.process_time(), resident_mib()


def main(folder: Path, started_s: float) -> None:
    """Live the staged visit as fast as it goes, and tell what it cost."""
    stay_on_one_core()
    staged, ready = StagedVisit(folder), _Ready()
    settings = staged.settings(REGISTRY)
    identity = start(settings.folder)
    with open_outbox(settings, identity) as outbox:
        witness = build_witness(settings, identity, outbox, staged.people.roster, lambda at_ms: STARTED_AT_MS + at_ms)

        def opened(check_in: CheckIn, permissions: Permissions, utc_ms: WallClock) -> Senses:
            senses = witness.open_senses(check_in, permissions, utc_ms)
            ready.note()
            return senses

        visit = replace(witness, open_senses=opened).witness(list(staged.sensors().values()), staged.events())
    spent_s = time.process_time() - ready.cpu_s
    tell(
        {
            "ready_s": ready.at_s - started_s,
            "ready_cpu_s": ready.cpu_s,
            "ready_mib": ready.resident_mib,
            "share": spent_s / (staged.people.visit_ms / 1000),
            "most_mib": most_resident_mib(),
            "lost": [f"{lost.modality}: {lost.detail}" for lost in visit.lost],
            "record_kib": len(visit.record.sealed) / 1024,
        }
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
