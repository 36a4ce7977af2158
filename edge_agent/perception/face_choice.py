"""Which face engine a device has: dlib's, or OpenCV's networks as far as they have been pulled."""

from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import LANDMARKS_ROLE, LIBRARY_ROLES, FaceLibrary
from edge_agent.perception.face_opencv import OpenCvFaces, SFace, YuNet
from edge_agent.perception.model_store import ModelStore

DETECTOR_ROLE = "face_detector"
EMBEDDER_ROLE = "face_embedder"


def open_face_engine(store: ModelStore) -> FaceEngine:
    """YuNet finds faces where it was pulled, SFace embeds them where it was; dlib does what is left.

    What dlib will judge by is checked against the registry before dlib loads it.

    Raises:
        ModelError: face-recognition is not installed, or a model is altered or not what its role says.
    """
    store.require(*((LANDMARKS_ROLE,) if store.holds(EMBEDDER_ROLE) else LIBRARY_ROLES))
    library = FaceLibrary()
    detector = YuNet(store.read(DETECTOR_ROLE)) if store.holds(DETECTOR_ROLE) else None
    embedder = SFace(store.read(EMBEDDER_ROLE), library) if store.holds(EMBEDDER_ROLE) else None
    return OpenCvFaces(library, detector, embedder) if detector or embedder else library
