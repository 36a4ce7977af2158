"""What the measurements say, for people."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.table import Column, Table

from bench import records
from bench.process import REGISTRY, figures_of
from edge_agent.perception.model_store import ModelStore
from visit_record.vocabulary import Modality

MOST_SHARE, MOST_MIB, MOST_READY_S = 0.08, 350.0, 5.0
# Seconds of visit, or of what is looked at, that one run of a model answers for.
COVERS_S = {
    "care_sound": 0.48,
    "voiceprint": 1.6,
    "occupancy": 1.0,
    "voice_activity": 0.032,
    "face_detector": 0.2,
    "face_embedder": 0.2,
    "antispoof_2_7": 0.2,
    "antispoof_4_0": 0.2,
}
SENSES = {
    Modality.SOUND: "sound, a second",
    Modality.VOICE: "voice, a second",
    Modality.THERMAL: "heat, 24x32",
    Modality.FACE: "face, 480x640",
    Modality.POSITION: "position, a fix",
}


def record_table() -> Table:
    """What a record costs the server and the device."""
    table = Table("record", "each", "ratio to bare verification (higher is better)")
    for name, each_s, ratio in records.measure():
        table.add_row(name, f"{1e6 * each_s:.0f} µs", ratio)
    return table


def model_table() -> Table:
    """Each model that ONNX Runtime loads and that is there."""
    name = Column("model, alone", no_wrap=True)
    table = Table(name, "p50", "p95", "resident, itself", "real-time factor", "one run covers")
    for role, covers_s in _measurable():
        told = figures_of("bench.one_model", role)
        factor = f"{told['p50_ms'] / 1000 / covers_s:.4f}" if covers_s else "—"
        answers = f"{covers_s:g} s" if covers_s else "—"
        table.add_row(role, *_spread(told), f"{told['mib']:.1f} MiB", factor, answers)
    return table


def sense_table(folder: Path) -> Table:
    """Each sense alone, through the device's own perception."""
    used = Column("models that it used", overflow="fold")
    table = Table(
        Column("sense, alone", no_wrap=True), "p50", "p95", "resident, with libraries", "share of one core", used
    )
    for sense, what in SENSES.items():
        told = figures_of("bench.one_sense", sense.value, folder)
        table.add_row(what, *_spread(told), f"{told['mib']:.0f} MiB", f"{told['share']:.2%}", ", ".join(told["models"]))
    return table


def device_table(folder: Path) -> Table:
    """The whole device on all its senses, against what is aimed at."""
    told = figures_of("bench.device", folder, time.monotonic())
    if told["lost"]:
        raise SystemExit(f"error: the device lost a sense, so that nothing is measured: {told['lost'][0]}")
    table = Table("the whole device, all four senses", "measured", "aim")
    table.add_row("processor time per second of visit, one core", f"{told['share']:.2%}", f"{MOST_SHARE:.0%}")
    table.add_row("real-time factor", f"{told['share']:.4f}", f"{MOST_SHARE:.2f}")
    table.add_row("most memory held", f"{told['most_mib']:.0f} MiB", f"{MOST_MIB:.0f} MiB")
    table.add_row("memory held when ready", f"{told['ready_mib']:.0f} MiB", "")
    ready = f"{told['ready_cpu_s']:.1f} s of processor time, {told['ready_s']:.1f} s by the clock"
    table.add_row("ready after start, all models loaded", ready, f"{MOST_READY_S:.0f} s")
    table.add_row("the sealed record", f"{told['record_kib']:.0f} KiB", "64 KiB at most")
    return table


def _measurable() -> Iterator[tuple[str, float | None]]:
    store = ModelStore.open(REGISTRY)
    for role, entry in sorted(store.entries.items()):
        if entry.file.endswith(".onnx") and store.holds(role):
            yield role, COVERS_S.get(role)


def _spread(told: dict[str, float]) -> tuple[str, str]:
    return f"{told['p50_ms']:.2f} ms", f"{told['p95_ms']:.2f} ms"
