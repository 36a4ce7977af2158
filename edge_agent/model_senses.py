"""The real senses: perception with the models of the registry, loaded only where consent allows."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog

from edge_agent.actions import CheckIn
from edge_agent.calibration.sound import OpenedSite
from edge_agent.consent import Permissions
from edge_agent.ears import Ears
from edge_agent.errors import ModelError
from edge_agent.observations import OccupancyObservation
from edge_agent.perception.antispoof import AntiSpoof
from edge_agent.perception.array_view import ArrayView
from edge_agent.perception.bed import BedArea
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.face_choice import open_face_engine
from edge_agent.perception.face_cues import FaceCues
from edge_agent.perception.face_pace import EmbeddingPace
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.perception.position import observe_position
from edge_agent.perception.sound import CareSoundClassifier
from edge_agent.perception.voice_perceiver import VoicePerceiver
from edge_agent.readings import ThermalFrame
from edge_agent.roster import Roster
from edge_agent.senses import Senses
from edge_agent.witness_ports import WallClock
from visit_record.vocabulary import Modality

T = TypeVar("T")


@dataclass(frozen=True)
class _Opening:
    """Opens what is allowed, and remembers what could not be opened."""

    lost: dict[Modality, str] = field(default_factory=dict)

    def of(self, sense: Modality, make: Callable[[], T], allowed: Set[Modality]) -> T | None:
        if sense not in allowed:
            return None
        try:
            return make()
        except ModelError as error:
            structlog.get_logger().error("sense_lost", sense=sense.value, reason=str(error))
            self.lost[sense] = error.told
            return None


@dataclass(frozen=True)
class ModelSenses:
    """Opens the senses of a visit.

    ``bed`` is where the bed lies in the thermal picture, ``site`` what this home taught of its sounds, ``view`` which
    part of the camera's picture the array shows, as far as each is known.
    """

    store: ModelStore
    roster: Roster
    bed: BedArea | None = None
    site: OpenedSite | None = None
    view: ArrayView | None = None

    def __call__(self, check_in: CheckIn, permissions: Permissions, utc_ms: WallClock) -> Senses:
        """The senses that this visit's consents allow, expecting the caregiver who checked in.

        A sense whose model cannot be loaded is lost from the beginning; the others are none the worse for it.
        """
        return replace(self, store=self.store.afresh())._open(check_in, permissions, utc_ms)

    def _open(self, check_in: CheckIn, permissions: Permissions, utc_ms: WallClock) -> Senses:
        granted, opening = permissions.granted, _Opening()
        who = check_in.caregiver
        cues = FaceCues(self._antispoof() if Modality.FACE in granted else None, self.view)
        face = opening.of(Modality.FACE, lambda: self._eyes(who, cues), granted)
        heat = opening.of(Modality.THERMAL, lambda: OccupancyPerceiver(self.store, self.bed), granted)
        ears = self._ears(who, permissions, opening) if permissions.may_open(Modality.SOUND) else None
        return Senses(
            look=face.perceive if face else None,
            hear=ears.hear if ears else None,
            withdraw=ears.withdraw if ears else lambda _sense: None,
            feel_heat=_feeling(heat, cues) if heat else None,
            locate=(lambda reading: observe_position(reading, utc_ms(reading.at_ms)))
            if Modality.POSITION in granted
            else None,
            lost=opening.lost,
            models=self.store.used,
        )

    def _eyes(self, caregiver: str, cues: FaceCues) -> FacePerceiver:
        engine = open_face_engine(self.store)
        return FacePerceiver(caregiver, self.roster.faces(), engine, pace=EmbeddingPace(), cues=cues)

    def _antispoof(self) -> AntiSpoof | None:
        """Nobody's check waits for a model that is only there where it was pulled."""
        if not AntiSpoof.held(self.store):
            return None
        try:
            return AntiSpoof(self.store)
        except ModelError as error:
            structlog.get_logger().error("antispoof_unusable", reason=str(error))
            return None

    def _ears(self, caregiver: str, permissions: Permissions, opening: _Opening) -> Ears | None:
        classifier = opening.of(Modality.SOUND, self._classifier, {Modality.SOUND})
        if classifier is None:
            return None
        voice = opening.of(
            Modality.VOICE, lambda: VoicePerceiver(self.store, self.roster.voice(caregiver)), permissions.granted
        )
        return Ears(classifier, voice, tells_sound=Modality.SOUND in permissions.granted)

    def _classifier(self) -> CareSoundClassifier:
        if self.site is None:
            return CareSoundClassifier(self.store)
        classifier = CareSoundClassifier(self.store, self.site.sounds)
        self.store.require("generic_sounds")
        self.store.note("site_sound", self.site.sha256)
        return classifier


def _feeling(heat: OccupancyPerceiver, cues: FaceCues) -> Callable[[ThermalFrame], OccupancyObservation]:
    def feel(frame: ThermalFrame) -> OccupancyObservation:
        seen = heat.perceive(frame)
        if not seen.blind:
            cues.feel(frame)
        return seen

    return feel
