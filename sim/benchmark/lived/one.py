"""One visit lived on a device of its own, from a fresh identity to the record in its outbox."""

from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import numpy as np

from edge_agent.identity import create_identity
from edge_agent.outbox import Outbox
from sim.lived import live
from sim.staging.visits import StagedVisit
from visit_record.record import VisitRecord
from visit_record.sealing import open_record


def live_alone(staged: StagedVisit, registry: Path) -> VisitRecord:
    """Live a visit as the first of a device that is gone afterwards; the same record for the same visit.

    Raises:
        EdgeError: the device cannot work.
        RefusedError: it sealed what no server would open.
    """
    home = staged.plan.home
    entropy = np.random.default_rng([crc32(home.device.encode()), 0x7565]).bytes(16)
    with TemporaryDirectory(prefix="carewitness-lived-") as made:
        folder = Path(made)
        identity = create_identity(folder, home.device, home.agency, lambda _count: entropy)
        live(staged, folder, registry)
        with Outbox(folder / "outbox.db", home.device) as outbox:
            (waiting,) = outbox.pending(1)
        return open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record
