"""What the care-sound model makes of a window before it decides: the ground on which a home's own sounds are learnt."""

from edge_agent.errors import ModelError
from edge_agent.perception.model_store import REINSTALL, ModelStore
from edge_agent.perception.sound import GATE_DBFS, SoundWindow, level_dbfs
from edge_agent.perception.sound_stretch import EmbeddedWindow


class SoundEmbedder:
    """The care-sound model's embedding, without its decision."""

    def __init__(self, store: ModelStore) -> None:
        """Load the model.

        Raises:
            ModelError: as :meth:`ModelStore.session`, or the model gives no embedding.
        """
        self._session = store.session("care_sound")
        if "embedding" not in {output.name for output in self._session.get_outputs()}:
            raise ModelError(
                "the care_sound model gives no embedding to learn a home's sounds on",
                "care_sound 模型给不出学习家中声音所需的特征",
                REINSTALL,
            )

    def embed(self, window: SoundWindow) -> EmbeddedWindow | None:
        """One window of 15 360 samples; ``None`` below the level gate, where the device never asks the model."""
        level = level_dbfs(window.samples)
        if level < GATE_DBFS:
            return None
        (embedding,) = self._session.run(["embedding"], {"waveform": window.samples[None]})
        return EmbeddedWindow(window.at_ms, embedding[0], level)
