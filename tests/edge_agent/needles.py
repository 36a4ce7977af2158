"""Looks for what must not be found, in the encodings that things of that kind are written in."""

import gzip
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Long enough to be nobody's by chance, short enough to be found in a piece of a thing.
LENGTH = 36


def encoded(needle: bytes) -> Iterator[bytes]:
    """Raw, in hexadecimal, as Python prints bytes, and in base64, wherever in a longer thing it may begin."""
    yield needle
    yield needle.hex().encode()
    yield needle.hex().upper().encode()
    yield repr(needle)[2:-1].encode()
    for begins in range(3):
        whole = needle[begins:]
        whole = whole[: len(whole) // 3 * 3]
        yield b64encode(whole)
        yield urlsafe_b64encode(whole)


def of_array(values: NDArray[np.float64]) -> Iterator[bytes]:
    """A template in both precisions, both byte orders, and as the digits of its first values."""
    for kind in ("<f4", "<f8", ">f4", ">f8", "<f2"):
        yield values.astype(kind).tobytes()[:LENGTH]
    for value in values[:4]:
        yield f"{abs(float(value)):.17g}"[:9].encode()
        yield f"{abs(float(np.float32(value))):.9g}"[:9].encode()


def found(needles: Mapping[str, bytes], hay: bytes) -> set[str]:
    """Which of them lie in it, packed things unpacked."""
    hays = [hay, *_unpacked(hay)]
    return {name for name, needle in needles.items() for one in encoded(needle) if any(one in straw for straw in hays)}


def found_in_files(needles: Mapping[str, bytes], paths: Iterator[Path]) -> dict[str, set[str]]:
    """Which of them lie in which files."""
    seen = {str(path): found(needles, path.read_bytes()) for path in paths}
    return {name: there for name, there in seen.items() if there}


def _unpacked(hay: bytes) -> Iterator[bytes]:
    for unpack, refusals in ((gzip.decompress, (OSError, EOFError, zlib.error)), (zlib.decompress, (zlib.error,))):
        try:
            yield unpack(hay)
        except refusals:
            continue
