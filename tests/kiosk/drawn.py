"""Pictures of nobody: a room and a head, drawn."""

import cv2
import numpy as np

from edge_agent.readings import CameraFrame

WALL, FLOOR, DOOR = (196, 190, 176), (150, 128, 104), (120, 96, 72)
SKIN, HAIR, APRON, DARK = (214, 170, 140), (52, 44, 40), (86, 140, 150), (40, 34, 32)


def drawn(at_ms: int, *, width: int = 640, height: int = 480) -> CameraFrame:
    """Somebody who sways a little as time passes, before a door that is on their right: red first, not mirrored."""
    rgb = np.full((480, 640, 3), WALL, np.uint8)
    rgb[380:] = FLOOR
    cv2.rectangle(rgb, (60, 90), (190, 380), DOOR, -1)
    middle = 320 + round(14 * np.sin(at_ms / 600))
    cv2.ellipse(rgb, (middle, 520), (190, 160), 0, 0, 360, APRON, -1, cv2.LINE_AA)
    cv2.ellipse(rgb, (middle, 232), (104, 140), 0, 0, 360, HAIR, -1, cv2.LINE_AA)
    cv2.ellipse(rgb, (middle, 254), (88, 120), 0, 0, 360, SKIN, -1, cv2.LINE_AA)
    for eye in (middle - 36, middle + 36):
        cv2.ellipse(rgb, (eye, 238), (13, 9), 0, 0, 360, DARK, -1, cv2.LINE_AA)
    cv2.ellipse(rgb, (middle, 312), (30, 12), 0, 0, 180, DARK, 4, cv2.LINE_AA)
    return CameraFrame(at_ms, np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.uint8))
