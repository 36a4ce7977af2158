"""Codes that are drawn as they are for print are read as a camera sees them; what is no code of ours is none."""

import cv2
import numpy as np
import pytest
import segno

from edge_agent.enrolling.reader import CodeReader
from tests.enrolling.scenes import Picture, Room, drawn, empty_room, held_up
from tests.visit_record.test_codes import SERVER, SITE
from visit_record.code_parts import CodeKind, split
from visit_record.site_code import SiteCode, pack_site

# Two of as many bytes as the server draws in one, with the error correction that it draws with.
PARTS = split(CodeKind.SITE, pack_site(SiteCode(SITE, SERVER, (bytes(range(150)),))), 170)
ROOMS = {
    "flat and bright": Room(),
    "tilted": Room(tilt=0.06, turn=0.1),
    "on its side": Room(turn=1.5),
    "upside down": Room(turn=3.1),
    "out of focus": Room(side=400, blur=1.1),
    "in the dark": Room(light=0.2, noise=4.0, tilt=0.02),
    "noisy": Room(noise=20.0),
    "a third of the picture": Room(side=230, blur=0.5),
}


def read(bgr: Picture) -> set[str]:
    return set(CodeReader().codes_in(np.ascontiguousarray(bgr[:, :, ::-1])))


@pytest.mark.parametrize("room", ROOMS)
def test_a_code_is_read_as_it_is_held_up(room: str) -> None:
    assert len(PARTS) == 2
    for part in PARTS:
        assert read(held_up([drawn(part.text)], ROOMS[room])) == {part.text}


def test_two_parts_in_one_picture_are_both_read() -> None:
    codes = [drawn(part.text) for part in PARTS]
    assert read(held_up(codes, Room(side=300))) == {part.text for part in PARTS}


def test_a_photograph_of_a_telephone_is_read() -> None:
    photograph = cv2.resize(held_up([drawn(PARTS[0].text)]), (4_000, 3_000), interpolation=cv2.INTER_CUBIC)
    assert read(np.asarray(photograph, np.uint8)) == {PARTS[0].text}


def test_a_code_of_something_else_is_read_as_what_it_says() -> None:
    assert read(held_up([drawn("https://example.org")], Room(side=200))) == {"https://example.org"}


NOTHING = {
    "an empty room": empty_room(),
    "a covered lens": np.zeros((480, 640, 3), np.uint8),
    "snow": np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8),
    "stripes": np.tile(np.array([0, 0, 255, 255], np.uint8), (480, 480)).reshape(480, 640, 3),
    "the smallest picture": np.full((16, 16, 3), 200, np.uint8),
    "a code that is half out of view": held_up([drawn(PARTS[0].text)])[:, :320],
    "a code under a thumb": held_up([drawn(PARTS[0].text)]),
}
NOTHING["a code under a thumb"][180:300, 260:380] = 90


@pytest.mark.parametrize("scene", NOTHING)
def test_where_no_code_can_be_read_none_is_made_up(scene: str) -> None:
    assert read(NOTHING[scene]) == set()


def test_a_code_that_holds_no_text_is_no_error() -> None:
    rows = segno.make_qr(bytes(range(128, 256))).matrix_iter(scale=8, border=4)
    code = np.array([[255 * (1 - module) for module in row] for row in rows], np.uint8)
    assert not any(text.startswith("CW") for text in read(held_up([code])))


def misses(seed: int) -> tuple[int, int]:
    """Of one code that is held up in every room, as small as ours are and as large: what ours and the other miss."""
    dice, ours, other = np.random.default_rng(seed), CodeReader(), cv2.QRCodeDetector()
    missed = [0, 0]
    for room in ROOMS.values():
        for size, error in ((100, "l"), (170, "m")):
            text = split(CodeKind.SITE, dice.bytes(size), size)[0].text
            bgr = held_up([drawn(text, error)], room, seed)
            missed[0] += text not in ours.codes_in(bgr)
            missed[1] += text not in other.detectAndDecodeMulti(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))[1]
    return missed[0], missed[1]


@pytest.mark.long
def test_opencv_s_other_detector_reads_less() -> None:
    counts = np.array([misses(seed) for seed in range(30)]).sum(axis=0)
    pictures = 30 * 2 * len(ROOMS)
    assert counts[0] / pictures < 0.04, counts
    assert counts[1] / pictures > 0.1, counts
