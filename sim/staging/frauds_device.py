"""Visits at a false place, and devices that somebody has tampered with."""

from collections.abc import Callable
from dataclasses import replace
from math import cos, exp, log, radians, sin

from sim.script import Deed, Outage, Sky, Spoofer, VisitScript
from sim.staging.care import care
from sim.staging.frauds_absence import at_both_ends, idle, in_and_out, leaves, locks_up, sits_idle, waits
from sim.staging.frauds_identity import somebody_else
from sim.staging.scene import METRES_A_DEGREE, Scene, television, written
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason

NEAR_M, PROVINCES_M, TOWN_M = 2_500.0, 900_000.0, 30_000.0
# Another hour or another day.
CLOCK_STEPS_S = (-86_400.0, -7200.0, -3600.0, 3600.0, 7200.0, 86_400.0)
Action = Callable[[Scene], VisitScript]
Done = tuple[tuple[Deed, ...], tuple[Outage, ...]]


def far_and_frozen(scene: Scene) -> VisitScript:
    """Checked in from elsewhere through a location that never stirs and tells another time."""
    return _at(scene, PROVINCES_M, jitter_m=0.0, gps_offset_s=_off_s(scene))


def far_and_plain(scene: Scene) -> VisitScript:
    """Checked in from elsewhere, and nothing done to hide it."""
    return _at(scene, PROVINCES_M)


def virtual(spoofer: Spoofer) -> Action:
    """A location that pretends to be the home, with plausible jitter but for what its spoofer cannot do."""

    def script(scene: Scene) -> VisitScript:
        nobody = _nobody_cared_for(scene)
        sky = replace(
            nobody.sky, latitude_deg=scene.plan.home.latitude_deg, longitude_deg=scene.plan.home.longitude_deg
        )
        fix = replace(sky, satellites=max(8, sky.satellites), jitter_m=scene.between(1.5, 6), spoofer=spoofer)
        return replace(nobody, sky=fix)

    return script


def frozen_at_home(scene: Scene) -> VisitScript:
    """A location that pretends to be the home and never stirs."""
    script = virtual(Spoofer.UNTOLD)(scene)
    return replace(script, sky=replace(script.sky, spoofer=None, jitter_m=0.0, gps_offset_s=_off_s(scene)))


def location_off(scene: Scene) -> VisitScript:
    """The location is switched off, and nobody is cared for."""
    outage = Outage(Modality.POSITION, 0, scene.end_s, NotObservedReason.LOCATION_OFF)
    return _done_to(_nobody_cared_for(scene), ((), (outage,)))


def carried_off(scene: Scene) -> VisitScript:
    """The device is at the caregiver's own home, camera covered and microphone muted."""
    script = _done_to(locks_up(scene), _covered(scene), _muted(scene))
    return _moved(scene, replace(script, noises=(), appearances=script.appearances[:1]))


def carried_off_plainly(scene: Scene) -> VisitScript:
    """The device is at the caregiver's own home, where they go about their own business before it."""
    stays = tuple(idle(scene, 0, scene.end_s))
    return _moved(scene, written(scene, stays, in_and_out(scene)))


def covered_and_muted(scene: Scene) -> VisitScript:
    """Camera covered and microphone muted after check-in, and no care given."""
    return _done_to(_no_care(scene), _covered(scene), _muted(scene))


def covered(scene: Scene) -> VisitScript:
    """The camera is covered after check-in, and no care given."""
    return _done_to(_no_care(scene), _covered(scene))


def muted(scene: Scene) -> VisitScript:
    """The microphone is muted after check-in, and no care given."""
    return _done_to(_no_care(scene), _muted(scene))


def covered_for_another(scene: Scene) -> VisitScript:
    """The camera is covered so that nobody sees who gives the care."""
    script = care(scene, scene.plan.claims, somebody_else(scene))
    first = care(scene, scene.plan.claims).appearances[:1]
    seen = replace(script, appearances=(*first, *script.appearances[1:]))
    return _done_to(seen, _covered(scene), _muted(scene))


def clock_moved(scene: Scene) -> VisitScript:
    """The device's clock is set to another hour, so that a visit of no care seems to be at another time."""
    step_s = CLOCK_STEPS_S[int(scene.rng.integers(len(CLOCK_STEPS_S)))]
    script = _no_care(scene)
    sky = replace(script.sky, gps_offset_s=step_s + script.sky.gps_offset_s)
    return replace(_done_to(script, ((Deed(scene.between(5, 60), IntegrityKind.CLOCK_STEP),), ())), sky=sky)


def _at(scene: Scene, farthest_m: float, **sky: float) -> VisitScript:
    script = _nobody_cared_for(scene)
    seen = replace(script.sky, satellites=max(6, script.sky.satellites), **sky)  # type: ignore[arg-type]
    return replace(script, sky=_away(scene, seen, farthest_m))


def _away(scene: Scene, sky: Sky, farthest_m: float) -> Sky:
    """Somewhere else, near or far with equal chance in each power of ten."""
    away_m, bearing = exp(scene.between(log(NEAR_M), log(farthest_m))), radians(scene.between(0, 360))
    north_deg = away_m * cos(bearing) / METRES_A_DEGREE
    east_deg = away_m * sin(bearing) / (METRES_A_DEGREE * cos(radians(sky.latitude_deg)))
    return replace(sky, latitude_deg=sky.latitude_deg + north_deg, longitude_deg=sky.longitude_deg + east_deg)


def _moved(scene: Scene, script: VisitScript) -> VisitScript:
    deed = Deed(0.0, IntegrityKind.DEVICE_MOVED)
    sky = replace(_away(scene, script.sky, TOWN_M), satellites=max(6, script.sky.satellites))
    return replace(_done_to(script, ((deed,), ())), sky=sky)


def _nobody_cared_for(scene: Scene) -> VisitScript:
    """An empty room, or a caregiver in a room of their own."""
    if scene.chance(0.5):
        return locks_up(scene)
    return waits(scene) if scene.chance(0.7) else written(scene, at_both_ends(scene), television(scene))


def _no_care(scene: Scene) -> VisitScript:
    return (leaves, sits_idle, locks_up)[int(scene.rng.integers(3))](scene)


def _off_s(scene: Scene) -> float:
    return scene.between(-90, 90)


def _done_to(script: VisitScript, *done: Done) -> VisitScript:
    """The script with what was done to the device, and what it then could not observe."""
    deeds = tuple(deed for some, _ in done for deed in some)
    outages = tuple(outage for _, some in done for outage in some)
    conditions = replace(script.conditions, outages=(*script.conditions.outages, *outages))
    return replace(script, deeds=(*script.deeds, *deeds), conditions=conditions)


def _covered(scene: Scene) -> Done:
    """From just after check-in, whose face was still seen."""
    at_s = scene.between(15, 90)
    deed = Deed(at_s, IntegrityKind.CAMERA_COVERED, Modality.FACE)
    return (deed,), (Outage(Modality.FACE, at_s, scene.end_s + 20),)


def _muted(scene: Scene) -> Done:
    at_s = scene.between(0, 60)
    deed = Deed(at_s, IntegrityKind.MICROPHONE_MUTED, Modality.SOUND)
    return (deed,), tuple(Outage(sense, at_s, scene.end_s) for sense in (Modality.SOUND, Modality.VOICE))
