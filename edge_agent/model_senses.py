"""The real senses: perception with the models of the registry, loaded only where consent allows."""

from dataclasses import dataclass

from edge_agent.actions import CheckIn
from edge_agent.consent import Permissions
from edge_agent.ears import Ears
from edge_agent.perception.bed import BedArea
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.perception.position import observe_position
from edge_agent.perception.sound import CareSoundClassifier
from edge_agent.perception.voice import VoicePerceiver
from edge_agent.roster import Roster
from edge_agent.senses import Senses
from edge_agent.witness import WallClock
from visit_record.vocabulary import Modality


@dataclass(frozen=True)
class ModelSenses:
    """Opens the senses of a visit; ``bed`` is where the bed lies in the thermal picture, if that is known."""

    store: ModelStore
    roster: Roster
    bed: BedArea | None = None

    def __call__(self, check_in: CheckIn, permissions: Permissions, utc_ms: WallClock) -> Senses:
        """The senses that this visit's consents allow, expecting the caregiver who checked in.

        Raises:
            ModelError: a model that is needed cannot be loaded.
        """
        granted = permissions.granted
        face = FacePerceiver(check_in.caregiver, self.roster.faces()) if Modality.FACE in granted else None
        heat = OccupancyPerceiver(self.store, self.bed) if Modality.THERMAL in granted else None
        ears = self._ears(check_in.caregiver, permissions) if permissions.may_open(Modality.SOUND) else None
        return Senses(
            look=face.perceive if face else None,
            hear=ears.hear if ears else None,
            feel_heat=heat.perceive if heat else None,
            locate=(lambda reading: observe_position(reading, utc_ms(reading.at_ms)))
            if Modality.POSITION in granted
            else None,
        )

    def _ears(self, caregiver: str, permissions: Permissions) -> Ears:
        voice = None
        if Modality.VOICE in permissions.granted:
            voice = VoicePerceiver(self.store, self.roster.voice(caregiver))
        return Ears(CareSoundClassifier(self.store), voice, tells_sound=Modality.SOUND in permissions.granted)
