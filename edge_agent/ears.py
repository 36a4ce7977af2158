"""One microphone, two senses: what is heard, and whose voice it is. Each needs its own consent."""

from collections.abc import Iterator

from edge_agent.observations import AnyObservation, SoundObservation, VoiceObservation
from edge_agent.perception.sound import CareSoundClassifier, Fingerprinter, SoundFramer, SoundWindow
from edge_agent.perception.voice_perceiver import VoicePerceiver
from edge_agent.readings import SoundBlock
from visit_record.vocabulary import Modality, SoundCue


class Ears:
    """Listens to blocks of sound.

    Without ``tells_sound`` no class and no fingerprint leaves here, and the classes serve only to find speech.
    Without ``voice`` nobody's voice is compared.
    """

    def __init__(self, classifier: CareSoundClassifier, voice: VoicePerceiver | None, *, tells_sound: bool) -> None:
        self._framer = SoundFramer()
        self._fingerprinter = Fingerprinter()
        self._classifier = classifier
        self._voice = voice
        self._tells_sound = tells_sound

    def hear(self, block: SoundBlock) -> Iterator[AnyObservation]:
        """What a block of sound completes."""
        windows = self._framer.windows(block)
        for window, heard in zip(windows, self._classifier.classify_all(windows), strict=True):
            if self._tells_sound:
                yield heard
            yield from self._whose(window, heard)
        if self._tells_sound:
            yield from self._fingerprinter.fingerprints(block)

    def withdraw(self, sense: Modality) -> None:
        """Compare nobody's voice any more, and forget those that were heard; tell no sounds any more."""
        if sense in {Modality.VOICE, Modality.SOUND}:
            self._voice = None
        if sense is Modality.SOUND:
            self._tells_sound = False

    def _whose(self, window: SoundWindow, heard: SoundObservation) -> list[VoiceObservation]:
        if self._voice is None:
            return []
        return self._voice.hear(window.at_ms, window.samples, heard.probability(SoundCue.SPEECH))
