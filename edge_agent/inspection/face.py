"""One picture against the face that was enrolled from others."""

from collections.abc import Sequence
from pathlib import Path

from edge_agent.errors import UnreadableFileError
from edge_agent.perception.face import FacePerceiver, enrol_face
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.readings import CameraFrame
from edge_agent.sensors.picture_files import read_picture
from visit_record.bilingual import Words

_ENROLLED = "enrolled"


def face_perceiver(enrol: Sequence[Path], engine: FaceEngine) -> FacePerceiver:
    """Expects the one person whom pictures show.

    Raises:
        UnreadableFileError: one of them is no picture, or none shows a face well enough.
    """
    frames = [CameraFrame(0, read_picture(path)) for path in enrol]
    try:
        return FacePerceiver(_ENROLLED, {_ENROLLED: enrol_face(frames, engine)}, engine)
    except ValueError as cause:
        raise UnreadableFileError(
            f"nobody can be enrolled from {', '.join(map(str, enrol))}: {cause}",
            f"不能从 {', '.join(map(str, enrol))} 登记人脸：没有一张看得清",
            Words("靠近一些、光线好一些再拍", "take them again, closer and in more light"),
        ) from cause


def inspect_face(path: Path, perceiver: FacePerceiver) -> dict[str, object]:
    """``{"file", "faces", "similarity", "quality"}``; similarity is null where no face was good enough to
    compare, quality where there was none.

    Raises:
        UnreadableFileError: as :func:`read_picture`.
    """
    seen = perceiver.perceive(CameraFrame(0, read_picture(path)))
    similarity = None if seen.similarity is None else round(seen.similarity, 4)
    quality = None if seen.quality is None else round(seen.quality, 4)
    return {"file": str(path), "faces": seen.faces, "similarity": similarity, "quality": quality}
