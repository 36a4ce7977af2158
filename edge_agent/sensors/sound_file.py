"""A recording replayed as a microphone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.readings import SAMPLE_RATE_HZ, SoundBlock
from edge_agent.sensors.resample import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Resampler
from visit_record.vocabulary import Modality

BLOCK_S = 4


@dataclass(frozen=True)
class SoundFile:
    """WAV or FLAC, any usual rate and any number of channels, as blocks of 16 kHz mono that begin at ``starts_at_ms``.

    Read in blocks, never whole. Implements :class:`edge_agent.ports.Sensor`.
    """

    path: Path
    starts_at_ms: int = 0

    @property
    def modality(self) -> Modality:
        """Sound."""
        return Modality.SOUND

    def readings(self) -> Iterator[SoundBlock]:
        """Yield the recording's blocks.

        Raises:
            UnreadableFileError: missing, not a sound file, empty, cut short, or with samples that are no numbers.
        """
        if not self.path.is_file():
            raise UnreadableFileError(
                f"{self.path} is not there or is no file; check the path", f"{self.path} 不存在，或不是文件；核对路径"
            )
        try:
            # As bytes: a name may be no UTF-8, and soundfile encodes a path strictly.
            with soundfile.SoundFile(os.fsencode(self.path)) as opened:
                yield from self._timed(self._resampled(opened))
        except (OSError, soundfile.SoundFileError) as cause:
            raise UnreadableFileError(
                f"{self.path} cannot be read as WAV or FLAC; copy it again or convert it: {cause}",
                f"{self.path} 不能作为 WAV 或 FLAC 读取；请重新复制，或转换格式",
            ) from cause

    def _timed(self, pieces: Iterator[NDArray[np.float32]]) -> Iterator[SoundBlock]:
        sent = 0
        for piece in pieces:
            yield SoundBlock(self.starts_at_ms + sent * 1000 // SAMPLE_RATE_HZ, piece)
            sent += len(piece)

    def _resampled(self, opened: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
        if not LOWEST_RATE_HZ <= opened.samplerate <= HIGHEST_RATE_HZ:
            raise UnreadableFileError(
                f"{self.path} has {opened.samplerate} samples a second; convert it to {SAMPLE_RATE_HZ}",
                f"{self.path} 每秒 {opened.samplerate} 个采样；请转为 {SAMPLE_RATE_HZ}",
            )
        if opened.samplerate == SAMPLE_RATE_HZ:
            yield from self._mono(opened)
            return
        resampler = Resampler(opened.samplerate, SAMPLE_RATE_HZ)
        for piece in self._mono(opened):
            yield resampler.push(piece)
        yield resampler.flush()

    def _mono(self, opened: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
        read = 0
        for block in opened.blocks(BLOCK_S * opened.samplerate, dtype="float32", always_2d=True):
            if not np.isfinite(block).all():
                raise UnreadableFileError(
                    f"{self.path} holds samples that are not numbers; record it again",
                    f"{self.path} 里有不是数的采样；请重录",
                )
            read += len(block)
            yield np.asarray(block.mean(axis=1), np.float32)
        if read == 0:
            raise UnreadableFileError(f"{self.path} holds no sound; record it again", f"{self.path} 里没有声音；请重录")
        if read < opened.frames or "should be" in opened.extra_info:
            raise UnreadableFileError(f"{self.path} is cut short; copy it again", f"{self.path} 不完整；请重新复制")
