"""A camera at the kiosk of a staged home, behind the device's own port.

camera = SimulatedCamera(script, frame_times_s=[0.0, 0.5, 1.0])     # a VisitScript
for frame in camera.readings():                                     # CameraFrame, 480 x 640
    perceiver.perceive(frame)

A living head sways, and does what a challenge on the screen asks: it turns as a cylinder does, closes its eyes, comes
nearer. What :mod:`sim.attacks` makes is held up in its place. What is shown with these frames is shown on synthetic
movement of two real portraits, neither of them old: ``conditions.old_face`` changes no picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_agent.readings import CameraFrame
from sim.outages import Troubles
from sim.performance import OnScreen
from sim.portraits import load_portrait
from sim.script import Appearance, VisitScript
from sim.studio import Portraits, Studio
from visit_record.vocabulary import Modality


@dataclass(frozen=True)
class SimulatedCamera:
    """Implements ``Sensor[CameraFrame]``: one frame at each of ``frame_times_s``, the same for the same script.

    ``asked`` is what people find on the screen: each challenge counts for the appearance in which it is asked.
    The script's conditions light the room, its outages take the camera away, and its deeds cover the lens.
    """

    script: VisitScript
    frame_times_s: Sequence[float]
    starts_at_ms: int = 0
    asked: Sequence[OnScreen] = ()
    portraits: Portraits = load_portrait

    @property
    def modality(self) -> Modality:
        """The face."""
        return Modality.FACE

    def readings(self) -> Iterator[CameraFrame]:
        """The room, and before it whoever the script shows.

        Raises:
            SensorError: a portrait cannot be read, or the script lets the camera fail.
        """
        troubles = Troubles.of(self.script, Modality.FACE)
        return troubles.interrupt(self._frames(troubles), self.starts_at_ms)

    def _frames(self, troubles: Troubles) -> Iterator[CameraFrame]:
        studio = Studio(self.script.seed, self.portraits, self.script.conditions.light)
        for at_s in self.frame_times_s:
            shown = next((a for a in self.script.appearances if a.start_s <= at_s < a.end_s), None)
            seen = studio.covered(at_s) if troubles.blinds(at_s) else studio.picture(at_s, shown, self._asked(shown))
            yield CameraFrame(self.starts_at_ms + round(at_s * 1000), seen)

    def _asked(self, shown: Appearance | None) -> OnScreen | None:
        if shown is None:
            return None
        return next((one for one in self.asked if shown.start_s <= one.asked_at_s < shown.end_s), None)
