"""The conditions that were measured, and which of them is nearest to those of a script. Pure."""

from collections.abc import Sequence

from sim.script import Conditions

# Shares of good light before the camera.
LIGHTS = (1.0, 0.4, 0.2, 0.1, 0.05)
# From mouth to microphone; up to a metre without a room.
VOICE_DISTANCES_M = (1.0, 2.0, 5.0)
# Steady noise relative to speech; None is a quiet room.
VOICE_NOISES_DB = (None, -10.0, -5.0, 0.0)
# What is fainter than this under speech is as good as quiet for a voice.
QUIET_DB = -17.0
# Speech of staged homes where it is spoken, and so what noise is relative to.
SPEECH_DBFS = -26.0
# What the device's level gate leaves of noise alone.
STEADY_DBFS = (-56.0, -46.0, -36.0, -31.0, -26.0)
PLAIN = "plain"
FAR = "far"
BESIDE_MEDIA = "beside media"
NOISES_DB = (-20.0, -10.0, -5.0, 0.0)
GAINS_DB = (-10.0, -20.0)
FAR_M = 3.5


def nearest(value: float, measured: Sequence[float]) -> float:
    """The measured value that is nearest."""
    return min(measured, key=lambda one: abs(one - value))


def light_of(conditions: Conditions) -> str:
    """The name of the light that is nearest by ratio."""
    return f"{min(LIGHTS, key=lambda light: abs(_ratio(conditions.light, light) - 1)):g}"


def voice_condition(distance_m: float, noise_db: float | None) -> str:
    """The name of a condition of voices, nearest to a distance and a noise."""
    metres = nearest(distance_m, VOICE_DISTANCES_M)
    if noise_db is None or noise_db < QUIET_DB:
        return f"{metres:g} m"
    noise = nearest(noise_db, [one for one in VOICE_NOISES_DB if one is not None])
    return f"{metres:g} m, {noise:g} dB"


def noise_condition(conditions: Conditions, gain_db: float) -> str | None:
    """The name of steady noise beside a sound that is so much louder than usual, ``None`` in a quiet room."""
    if conditions.noise_db is None or conditions.noise_db - gain_db < 1.5 * NOISES_DB[0]:
        return None
    return noise_name(nearest(conditions.noise_db - gain_db, NOISES_DB))


def noise_name(noise_db: float) -> str:
    """The name of a noise so far under speech."""
    return f"noise {noise_db:g} dB"


def gain_name(gain_db: float) -> str:
    """The name of so much more gain than usual."""
    return f"gain {gain_db:g} dB"


def steady_level(conditions: Conditions) -> str | None:
    """The name of the level of steady noise, ``None`` where a room is as good as quiet."""
    if conditions.noise_db is None:
        return None
    return steady_name(nearest(SPEECH_DBFS + conditions.noise_db + conditions.gain_db, STEADY_DBFS))


def steady_name(level_dbfs: float) -> str:
    """The name of a level."""
    return f"{level_dbfs:g} dBFS"


def _ratio(one: float, other: float) -> float:
    return max(one, other) / max(1e-3, min(one, other))
