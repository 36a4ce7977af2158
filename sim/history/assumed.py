"""How well the senses of a history's devices do. Assumed, in round figures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumed:
    """Pairs are mean and standard deviation; the rest are probabilities."""

    face_same: tuple[float, float] = (0.62, 0.05)
    """Similarity of a face to its own template."""
    face_other: tuple[float, float] = (0.25, 0.07)
    """Similarity of a face to somebody else's template."""
    voice_same: tuple[float, float] = (0.84, 0.05)
    """Similarity of a voice to its own voiceprint."""
    voice_other: tuple[float, float] = (0.64, 0.06)
    """Similarity of a voice to somebody else's voiceprint."""
    turn_seen: float = 0.93
    """A live head turn is recognised."""
    sound_heard: float = 0.85
    """A sound is recognised for what it is."""
    person_missed: float = 0.03
    """One of several people is missed for an interval."""
    consent_withheld: float = 0.03
    """A sense is withheld, each for itself."""
    sensor_broken: float = 0.02
    """A sense is broken for the whole visit, each for itself."""
    no_satellites: float = 0.25
    """No fix indoors."""
