"""The device is killed at random moments of replayed visits: no record is lost or doubled, no visit is lost."""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from tests.chaos.replays import Stage, begin, kill, programs, set_stage
from tests.edge_agent.broker import LiveBroker, ReceiptServer
from visit_record.receipts import Receipt, sign_receipt
from visit_record.sealing import digest_of
from visit_record.vocabulary import Ending

LONGEST_S = 60.0
SEALED = re.compile(r": (\d+) ([0-9a-f]{64}) \(\d+ bytes\)")


@dataclass
class Kills:
    """What the test itself saw of each kill, independent of what the programs say."""

    seen_open: dict[str, bytes] = field(default_factory=dict)
    while_open: int = 0

    def look(self, stage: Stage) -> None:
        cut = stage.under_way()
        assert len(cut) <= 1, "what the program before had begun was sealed before this one began"
        self.while_open += len(cut)
        self.seen_open.update({one.begun.visit: one.lines for one in cut})


Wait = Callable[[BaseProcess], None]


def killed_again_and_again(stage: Stage, times: int, wait: Wait, enough: int | None = None) -> Kills:
    """``times`` at most: after ``enough`` kills that cut a visit there are no more."""
    context, kills = programs(), Kills()
    for _ in range(times):
        process = begin(context, stage)
        wait(process)
        kill(process)
        kills.look(stage)
        if kills.while_open == enough:
            break
    process = begin(context, stage)
    process.join(LONGEST_S)
    assert process.exitcode == 0
    return kills


def for_a_while(rng: Random, longest_s: float) -> Wait:
    """Anything between the program's first moment and its end."""
    return lambda process: process.join(rng.uniform(0, longest_s))


def into_the_visit(stage: Stage, rng: Random) -> Wait:
    """Until a visit has begun, and then a little longer."""

    def wait(process: BaseProcess) -> None:
        before = {one.begun.visit for one in stage.under_way()}
        give_up_at_s = time.monotonic() + LONGEST_S
        while {one.begun.visit for one in stage.under_way()} <= before:
            assert process.is_alive()
            assert time.monotonic() < give_up_at_s
            time.sleep(0.005)
        process.join(rng.uniform(0, 0.3))

    return wait


def whole_run_s(stage: Stage) -> float:
    """How long a program takes that nobody kills, its beginning included; the first one is slow, and not asked."""
    for _ in range(2):
        began_s = time.monotonic()
        process = begin(programs(), stage)
        process.join(LONGEST_S)
        assert process.exitcode == 0
    return time.monotonic() - began_s


def assert_nothing_lost_or_doubled(stage: Stage, kills: Kills, arrived: list[bytes]) -> None:
    sealed = {stage.opened(one).chain.seq: one for one in arrived}
    assert len({digest_of(one) for one in arrived}) == len(sealed), "one seq has one record, however often it is sent"
    assert sorted(sealed) == list(range(1, len(sealed) + 1))
    records = [stage.opened(sealed[seq]) for seq in sorted(sealed)]
    assert [record.chain.prev for record in records] == [None, *(digest_of(sealed[seq]) for seq in sorted(sealed))][:-1]
    assert max(Counter(record.jti for record in records).values()) == 1, "a visit is sealed once"
    assert stage.under_way() == []
    _assert_each_visit_is_there(stage, kills, {record.jti: record.span.ending for record in records})
    told = {(int(seq), digest) for seq, digest in SEALED.findall(stage.told.read_text("utf-8"))}
    assert told <= {(seq, digest_of(one)) for seq, one in sealed.items()}, "what was promised is there"


def _assert_each_visit_is_there(stage: Stage, kills: Kills, endings: dict[str, Ending]) -> None:
    with Outbox(stage.outbox, "device-1") as outbox:
        for visit, lines in kills.seen_open.items():
            journal = outbox.journal(visit)
            assert journal is not None
            assert journal.startswith(lines), "what had been kept is in the journal that the record commits to"
            was_over = b'"CheckOut"' in lines
            assert endings[visit] is (Ending.CHECKED_OUT if was_over else Ending.INTERRUPTED)


def test_killed_a_few_times_it_loses_and_doubles_nothing(tmp_path: Path, registry: Path) -> None:
    stage = set_stage(tmp_path, registry)
    # On a busy machine a visit may be over before it is seen to have begun.
    kills = killed_again_and_again(stage, 20, into_the_visit(stage, Random(6)), enough=3)
    assert kills.while_open == 3
    with Outbox(stage.outbox, "device-1") as outbox:
        assert_nothing_lost_or_doubled(stage, kills, [one.sealed for one in outbox.pending(99)])


@pytest.mark.chaos
def test_killed_a_hundred_times_it_loses_and_doubles_nothing_on_the_way_to_the_server(
    tmp_path: Path, registry: Path, broker: LiveBroker, server_key: Ed25519PrivateKey, identity: Identity
) -> None:
    stage = set_stage(tmp_path, registry, broker.url, identity)

    def answer(device: str, sealed: bytes) -> list[bytes]:
        seq = stage.opened(sealed).chain.seq
        return [sign_receipt(Receipt(device, seq, digest_of(sealed), 0, 0), server_key)]

    with ReceiptServer(broker.port, answer) as server:
        kills = killed_again_and_again(stage, 100, for_a_while(Random(7), whole_run_s(stage)))
        with Outbox(stage.outbox, "device-1") as outbox:
            assert outbox.count() == 0
        assert_nothing_lost_or_doubled(stage, kills, server.records)
        # Kills that hit only the beginning of programs, or their end, would show nothing.
        assert kills.while_open >= 20
