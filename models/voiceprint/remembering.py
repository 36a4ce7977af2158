"""Embeddings that are worked out once: an evaluation that is run again costs only what changed."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.model_store import ModelStore

if TYPE_CHECKING:
    import onnxruntime as ort

Known = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class RememberingStore(ModelStore):
    """A store whose sessions remember the embedding of every window that they were given."""

    known: Known = field(default_factory=dict)

    def session(self, role: str) -> "ort.InferenceSession":
        """The model's session, but one that only answers ``run``."""
        return cast("ort.InferenceSession", _Session(super().session(role), self.known))

    def load(self, memory: Path) -> None:
        """Take up what an earlier run wrote down, if it did."""
        if memory.is_file():
            with np.load(memory) as file:
                self.known.update(zip(file["keys"].tolist(), file["points"], strict=True))

    def save(self, memory: Path) -> None:
        """Write down what is known."""
        np.savez(memory, keys=np.array(list(self.known)), points=np.stack(list(self.known.values())))


@dataclass(frozen=True)
class _Session:
    real: "ort.InferenceSession"
    known: Known

    def run(self, _outputs: None, feed: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        ((name, windows),) = feed.items()
        keys = [hashlib.sha256(window.tobytes()).hexdigest()[:24] for window in windows]
        new = [index for index, key in enumerate(keys) if key not in self.known]
        if new:
            (found,) = self.real.run(None, {name: np.ascontiguousarray(windows[new])})
            self.known.update(zip((keys[index] for index in new), found, strict=True))
        return [np.stack([self.known[key] for key in keys])]
