"""The microphone through PortAudio, as 16 kHz mono."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.readings import SAMPLE_RATE_HZ, SoundBlock
from edge_agent.sensors.monotonic import Clock
from edge_agent.sensors.resample import Resampler
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

BLOCK_S = 0.5
# What the sound card holds for a thread that has to wait for its turn.
BUFFER_S = 1.0
TICK_S = 0.02
# A sound card that runs gives something every few milliseconds.
LONGEST_WAIT_MS = 5_000
# Sound comes in pieces of a quarter of a second, and their clock drifts; beyond this, some is missing between blocks.
MISSING_MS = 500


@dataclass(frozen=True)
class Microphone:
    """Implements ``Sensor[SoundBlock]``; ends only by failing.

    ``device`` is a name as PortAudio lists it, or a part of one; empty is the system's own choice. ``rate_hz`` is what
    the device is opened with, ``None`` what it likes best. Read by asking, never blocking: one thread, and bounded.
    """

    device: str
    rate_hz: int | None
    channels: int
    clock: Clock
    pause: Callable[[float], None] = time.sleep

    @property
    def modality(self) -> Modality:
        """Sound."""
        return Modality.SOUND

    def readings(self) -> Iterator[SoundBlock]:
        """Yield half a second at a time.

        Raises:
            SensorError: PortAudio or the device is not there, or the device has stopped.
        """
        sounddevice = _portaudio()
        try:
            rate_hz = self.rate_hz or self._liked_rate_hz(sounddevice)
            with closing(self._opened(sounddevice, rate_hz)) as stream:
                yield from placed(self._blocks(stream, rate_hz), Resampler(rate_hz, SAMPLE_RATE_HZ))
        except (sounddevice.PortAudioError, ValueError) as cause:
            named = self.device or "the system's own"
            raise SensorError(
                f"no sound from the microphone {named} ({cause})",
                f"麦克风 {self.device or '（系统默认）'} 没有声音",
                Words("用 python -m sounddevice 列出麦克风", "list them: python -m sounddevice"),
            ) from cause

    def _liked_rate_hz(self, sounddevice: Any) -> int:  # noqa: ANN401 - sounddevice is untyped
        return int(sounddevice.query_devices(self.device or None, "input")["default_samplerate"])

    def _opened(self, sounddevice: Any, rate_hz: int) -> Any:  # noqa: ANN401
        stream = sounddevice.InputStream(
            samplerate=rate_hz,
            channels=self.channels,
            device=self.device or None,
            dtype="float32",
            latency=BUFFER_S,
        )
        stream.start()
        return stream

    def _blocks(self, stream: Any, rate_hz: int) -> Iterator[tuple[int, NDArray[np.float32]]]:  # noqa: ANN401
        """Each block with the moment at which it began."""
        pieces: list[NDArray[np.float32]] = []
        for piece in self._pieces(stream):
            pieces.append(piece)
            held = sum(map(len, pieces))
            if held >= BLOCK_S * rate_hz:
                yield self.clock() - 1000 * held // rate_hz, np.concatenate(pieces)
                pieces.clear()

    def _pieces(self, stream: Any) -> Iterator[NDArray[np.float32]]:  # noqa: ANN401
        """Whatever there is, as soon as it is: a buffer that is left full stands still."""
        heard_ms = self.clock()
        while True:
            if not stream.read_available:
                self._wait(heard_ms)
                continue
            samples, _overflowed = stream.read(stream.read_available)
            heard_ms = self.clock()
            yield np.asarray(samples.mean(axis=1), np.float32)

    def _wait(self, heard_ms: int) -> None:
        if self.clock() - heard_ms > LONGEST_WAIT_MS:
            raise SensorError(
                "the microphone gives no sound any more", "麦克风不再给出声音", Words("检查接线", "check its cable")
            )
        self.pause(TICK_S)


def _portaudio() -> Any:  # noqa: ANN401
    try:
        import sounddevice
    except OSError as cause:
        raise SensorError(
            f"PortAudio is not there ({cause})",
            "没有安装 PortAudio",
            Words("安装：apt install libportaudio2", "apt install libportaudio2"),
        ) from cause
    # PortAudio lists the devices once; without this a microphone that was plugged in again would never be found.
    sounddevice._terminate()
    sounddevice._initialize()
    return sounddevice


def placed(blocks: Iterator[tuple[int, NDArray[np.float32]]], resampler: Resampler) -> Iterator[SoundBlock]:
    """Sound at 16 kHz whose blocks join without a gap: counted from the first, and anew only where some is missing."""
    anchor_ms, made = None, 0
    for at_ms, samples in blocks:
        expected_ms = None if anchor_ms is None else anchor_ms + made * 1000 // SAMPLE_RATE_HZ
        if expected_ms is None or abs(at_ms - expected_ms) > MISSING_MS:
            anchor_ms, made, expected_ms = at_ms, 0, at_ms
        piece = resampler.push(samples)
        if len(piece):
            yield SoundBlock(expected_ms, piece)
        made += len(piece)
