"""Measure how the committed models score, and write down what the simulator draws from.

    python -m models.scores.measure --data ../shared/data

Seeded; some half an hour of one core. Naming parts measures those anew and keeps the others as they are written.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import cv2
import msgspec
import soundfile
from msgspec import Struct

from edge_agent.perception.face_library import LIBRARY_ROLES, FaceLibrary
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier
from edge_agent.perception.voice import VoiceEncoder
from models.care_sound.data import Clip
from models.liveness.people import first_cutout, portraits_of
from models.liveness.people import photographs as photographs_of
from models.liveness.presentations import Kind, Who
from models.scores.challenges import LIGHTS, Asked, liveness_rows
from models.scores.faces import face_rows
from models.scores.halves import HOMES, PORTRAITS, SEEDS, faces_of, place_of, sounds_of, speaker_halves
from models.scores.rooms import room_rows
from models.scores.sounds import sound_rows, steady_rows
from models.scores.voices import cut_for, voice_rows
from models.voiceprint.conditions import Noises
from models.voiceprint.corpus import NOISES, Wave
from sim.script import Portrait
from sim.senses.half import Half
from sim.senses.measured import Measured, MeasuredHalf

MODELS = Path(__file__).parents[1]
WRITTEN = MODELS.parent / "sim" / "senses" / "measured.json"
ROLES = ("voiceprint", "care_sound", "occupancy", *LIBRARY_ROLES)
TIMES = 12
PEOPLE_TIMES = 3
STEADY = 10
TAKES = 8


@dataclass(frozen=True)
class Bench:
    """What is measured on: the recordings of one half, and the models as the device opens them."""

    half: Half
    data: Path
    store: ModelStore
    times: int = TIMES
    library: FaceLibrary = field(default_factory=FaceLibrary)

    def faces(self) -> Sequence[Struct]:
        """Similarities of faces."""
        return face_rows(faces_of(self.half, self.data), self.library, self._say)

    def liveness(self) -> Sequence[Struct]:
        """Outcomes of challenges."""
        portrait = PORTRAITS[self.half]
        kinds = [Kind.LIVING, Kind.PRINT, Kind.CUT_OUT, Kind.STILL, Kind.OTHER_FILM, Kind.RIGHT_FILM]
        face = Who(portrait.value, portrait)
        asked = [Asked(face, kinds, (1.0,), self.times), Asked(face, [Kind.LIVING], LIGHTS[1:], self.times // 2)]
        asked += [Asked(who, [Kind.LIVING, Kind.PRINT], (1.0,), PEOPLE_TIMES) for who in self._people()]
        return liveness_rows(asked, self.library, SEEDS[self.half], self._say)

    def voices(self) -> Sequence[Struct]:
        """Similarities of voices."""
        waves = list(self._speech.values())
        people = cut_for(waves, place_of(self.half))
        names = [list(self._speech)[place] for place in people.ids]
        noises = Noises.of([clip.samples for clip in self._sounds if clip.kind in NOISES], people.speaking)
        return voice_rows(people, names, VoiceEncoder(self.store), noises, self._say)

    def sounds(self) -> Sequence[Struct]:
        """What is heard of sounds."""
        first = SEEDS[self.half]
        return sound_rows(self._sounds, range(first, first + TAKES), CareSoundClassifier(self.store), self._say)

    def steady(self) -> Sequence[Struct]:
        """What is heard in steady noise."""
        first = SEEDS[self.half]
        return steady_rows(range(first, first + STEADY), CareSoundClassifier(self.store))

    def rooms(self) -> Sequence[Struct]:
        """What is seen of rooms."""
        return room_rows(HOMES[self.half], MODELS / "occupancy" / "occupancy.onnx", self._say)

    @cached_property
    def _speech(self) -> dict[str, Wave]:
        files = sorted((self.data / "speech" / "librispeech_train-clean-100").glob("*.flac"))
        return {path.stem.split("-")[0]: soundfile.read(path, dtype="float32")[0] for path in files}

    @cached_property
    def _sounds(self) -> list[Clip]:
        return sounds_of(self.half, self.data, speaker_halves(self._speech))

    def _people(self) -> list[Who]:
        ours = {f"s{photo.person}" for photo in faces_of(self.half, self.data)}
        orl = photographs_of(self.data / "faces" / "orl")
        cutouts = {name: first_cutout(orl[name], self.library) for name in sorted(ours)}
        return [Who(f"orl-{name}", Portrait.ASTRONAUT, portraits_of(cutout)) for name, cutout in cutouts.items()]

    def _say(self, told: str) -> None:
        sys.stderr.write(f"{self.half}: {told}\n")
        sys.stderr.flush()


PARTS: dict[str, Callable[[Bench], Sequence[Struct]]] = {
    "faces": Bench.faces,
    "liveness": Bench.liveness,
    "voices": Bench.voices,
    "sounds": Bench.sounds,
    "steady": Bench.steady,
    "rooms": Bench.rooms,
}


def measured(bench: Bench, parts: Iterable[str], before: MeasuredHalf) -> MeasuredHalf:
    """The parts that are asked for, measured anew; the others as they were."""
    return msgspec.structs.replace(before, **{part: tuple(PARTS[part](bench)) for part in parts})


def main() -> None:
    """Write what is asked for; 1 where the recordings are missing."""
    asked = _asked()
    if not (asked.data / "README.md").is_file():
        sys.exit(f"no recordings at {asked.data}; name their folder with --data")
    cv2.setNumThreads(1)
    store = ModelStore.open(MODELS / "registry.toml")
    nothing = MeasuredHalf((), (), (), (), (), ())
    before = msgspec.json.decode(asked.out.read_bytes(), type=Measured) if asked.out.is_file() else None
    done = {
        half: measured(Bench(half, asked.data, store), asked.parts, before.of(half) if before else nothing)
        for half in Half
    }
    models = {role: store.entries[role].sha256 for role in ROLES}
    asked.out.write_bytes(msgspec.json.encode(Measured(models, done[Half.FIT], done[Half.TEST])) + b"\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"any of {', '.join(PARTS)}; all by default")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the recordings")
    parser.add_argument("--out", type=Path, default=WRITTEN, help="where to write")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    main()
