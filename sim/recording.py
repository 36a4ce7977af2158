"""A staged visit written down as a recorded one: files that ``edge-agent run --replay`` takes, on any machine.

Example::

    write_recording(a_short_visit(seed=1), Path("recording"))     # visit.toml, home.toml, and what they name
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.readings import SAMPLE_RATE_HZ, CameraFrame
from sim.camera import SimulatedCamera
from sim.enrolment import enrolment_frames, enrolment_takes
from sim.position import SimulatedReceiver
from sim.sound.microphone import SimulatedMicrophone
from sim.staging.choreography import FACE_CHECK_S
from sim.staging.plan import ARRIVAL_S, DEPARTURE_S, Claim, Plan
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import Caregiver, build_world
from sim.thermal.array import SimulatedThermalArray
from sim.thermal.home import ThermalHome
from visit_record.vocabulary import Typology

# A look of 12 s has six pictures: an emulated processor takes long over each.
PICTURES_HZ = 0.5
CARE_S = 60.0
# Close to what was seen, in a tenth of a PNG's bytes.
JPEG_QUALITY = 95


def a_short_visit(seed: int, started_at_ms: int = 1_790_000_000_000) -> StagedVisit:
    """An honest visit of one item and a minute's care, in a home that is drawn from the seed."""
    home = build_world(seed, agencies=1, homes_each=1, caregivers_each=1).homes[0]
    claim = Claim(home.items[0], ARRIVAL_S, ARRIVAL_S + CARE_S)
    ends_s = claim.end_s + DEPARTURE_S
    plan = Plan(seed, home, home.caregivers[0], started_at_ms, ends_s, (claim,), items=(claim.item,))
    return stage(plan, Typology.GENUINE)


def write_recording(staged: StagedVisit, folder: Path) -> None:
    """Write ``visit.toml``, ``home.toml`` (sections for a device's settings), and the recordings beside them.

    Raises:
        OSError: the folder cannot be written.
        SensorError: the script lets a sensor fail, which no file can.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home = ThermalHome.seeded(crc32(staged.plan.home.device.encode()))
    _write_senses(staged, home, folder)
    enrolled = _write_enrolment(staged.plan.caregiver, folder)
    (folder / "visit.toml").write_text("\n".join(_visit(staged.plan, enrolled)) + "\n", "utf-8")
    (folder / "home.toml").write_text("\n".join(_home(staged.plan, home)) + "\n", "utf-8")


def _write_senses(staged: StagedVisit, home: ThermalHome, folder: Path) -> None:
    times_s = np.arange(0, staged.plan.duration_s + FACE_CHECK_S, 1 / PICTURES_HZ).tolist()
    _write_pictures(SimulatedCamera(staged.script, times_s).readings(), folder / "camera")
    blocks = [block.samples for block in SimulatedMicrophone(staged.script).readings()]
    _write_sound(np.concatenate(blocks), folder / "room.flac")
    frames = [frame.celsius for frame in SimulatedThermalArray(staged.script, home).readings()]
    np.save(folder / "thermal.npy", np.stack(frames))
    sentences = SimulatedReceiver(staged.script).sentences()
    (folder / "receiver.nmea").write_text("".join(f"{sentence}\r\n" for sentence in sentences), "ascii")


def _write_enrolment(caregiver: Caregiver, folder: Path) -> tuple[list[str], list[str]]:
    """Names of the pictures and recordings by which the device knows the caregiver."""
    faces = _write_pictures(enrolment_frames(caregiver), folder / "enrolled")
    takes = {f"enrolled/{number}.flac": take for number, take in enumerate(enrolment_takes(caregiver))}
    for name, take in takes.items():
        _write_sound(take, folder / name)
    return [f"enrolled/{name}" for name in faces], list(takes)


def _write_pictures(frames: Iterator[CameraFrame] | Sequence[CameraFrame], folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    names = []
    for number, frame in enumerate(frames):
        names.append(f"{number:04}.jpg")
        _, coded = cv2.imencode(".jpg", frame.rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        (folder / names[-1]).write_bytes(coded.tobytes())
    return names


def _write_sound(samples: NDArray[np.float32], file: Path) -> None:
    soundfile.write(file, samples, SAMPLE_RATE_HZ, subtype="PCM_16")


def _visit(plan: Plan, enrolled: tuple[list[str], list[str]]) -> Iterator[str]:
    started, order = datetime.fromtimestamp(plan.started_at_ms / 1000, UTC).isoformat(), plan.order
    faces, voices = enrolled
    yield f'started_at = {started}\ncaregiver = "{plan.caregiver.id}"\nrecipient = "{plan.home.recipient}"'
    yield f"check_out_s = {plan.duration_s}"
    yield f'[order]\norder = "{order.order}"\nplanned_start = {started}'
    yield f"planned_duration_s = {order.planned_duration_s}\nitems = {_texts(order.items)}"
    yield f'[camera]\npath = "camera"\nrate_hz = {PICTURES_HZ}'
    yield '[microphone]\npath = "room.flac"\n[thermal]\npath = "thermal.npy"\n[position]\npath = "receiver.nmea"'
    yield f'[[enrolled]]\ncaregiver = "{plan.caregiver.id}"\nfaces = {_texts(faces)}\nvoices = {_texts(voices)}'
    for claim in plan.claims:
        yield f'[[action]]\nat_s = {claim.start_s}\ndo = "start"\nitem = "{claim.item}"'
        yield f'[[action]]\nat_s = {claim.end_s}\ndo = "finish"\nitem = "{claim.item}"'


def _home(plan: Plan, home: ThermalHome) -> Iterator[str]:
    bed = home.bed
    yield f"[site]\nlatitude_deg = {plan.home.latitude_deg}\nlongitude_deg = {plan.home.longitude_deg}"
    yield f"[bed]\nrow0 = {bed.row0}\ncol0 = {bed.col0}\nrow1 = {bed.row1}\ncol1 = {bed.col1}"
    # Who was recorded could not know what a screen would ask.
    yield "[checks]\nasks = []"


def _texts(values: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"
