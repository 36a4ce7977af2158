"""The port behind which faces are found, marked and embedded.

Every embedder has a space of its own: what one made, another cannot compare. So each names itself, by the SHA-256 of
its model, and a template says whose it is.
"""

from typing import Protocol

from edge_agent.perception.face_library import Box, Embedding, Landmarks, Picture


class FaceEngine(Protocol):
    """Finds faces, marks them and embeds them. Pictures are uint8 [height, width, 3], red first."""

    @property
    def made_by(self) -> str:
        """SHA-256 of the model that embeds."""
        ...

    def boxes(self, rgb: Picture) -> list[Box]:
        """The faces of a picture, in its pixels."""
        ...

    def landmarks(self, rgb: Picture, box: Box) -> Landmarks:
        """Points of one face that tell how it is turned."""
        ...

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        """float64 [n] of one face."""
        ...

    def similarity(self, seen: Embedding, template: Embedding) -> float:
        """-1..1, higher where two embeddings of this engine are rather of one person."""
        ...
