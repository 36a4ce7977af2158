"""Measure the voiceprint on real speech in simulated rooms and noise; the card holds what this prints.

``python -m models.voiceprint.evaluate DATA [MEMORY]``, where MEMORY is a file that keeps embeddings for the next run.
Every threshold is picked on one half of the speakers, and told of on the other.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from edge_agent.perception.model_store import ModelStore
from models.voiceprint.bench import Bench
from models.voiceprint.conditions import Noises
from models.voiceprint.corpus import kitchen_noises, utterances
from models.voiceprint.remembering import RememberingStore
from models.voiceprint.tables import clearness, errors, takes, thresholds, turn_taking
from models.voiceprint.without import against_silero, plainly

REGISTRY = Path(__file__).parents[1] / "registry.toml"


def main(data: Path, memory: Path | None) -> None:
    """Print everything, section by section."""
    speech = utterances(data)
    store = ModelStore.open(REGISTRY)
    remembering = RememberingStore(store.folder, store.entries)
    bench = Bench(remembering, speech, Noises.of(kitchen_noises(data), speech[:60]))
    if memory is not None:
        bench.store.load(memory)
    silero = data.parent / "models" / "silero_vad_16k_op15.onnx"
    sections: list[Callable[[Bench], Iterator[str]]] = [errors, thresholds, clearness, takes, turn_taking, plainly]
    if silero.is_file():
        sections.append(partial(against_silero, model=silero))
    for section in sections:
        for line in section(bench):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            if memory is not None:
                bench.store.save(memory)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
