"""Whom this device may meet: the templates of its caregivers. Biometric data: kept on the device, never logged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from edge_agent.perception.face import FaceTemplate
from edge_agent.perception.voice import Voiceprint


class Roster(Protocol):
    """Templates by caregiver. Who is not enrolled is simply not in it."""

    def faces(self) -> Mapping[str, FaceTemplate]:
        """Face templates of everybody on the roster."""
        ...

    def voice(self, caregiver: str) -> Voiceprint | None:
        """The voiceprint of one caregiver."""
        ...


@dataclass(frozen=True)
class MemoryRoster:
    """A roster that is gone when the program ends."""

    face_templates: Mapping[str, FaceTemplate] = field(default_factory=dict, repr=False)
    voiceprints: Mapping[str, Voiceprint] = field(default_factory=dict, repr=False)

    def faces(self) -> Mapping[str, FaceTemplate]:
        """Face templates of everybody on the roster."""
        return self.face_templates

    def voice(self, caregiver: str) -> Voiceprint | None:
        """The voiceprint of one caregiver."""
        return self.voiceprints.get(caregiver)
