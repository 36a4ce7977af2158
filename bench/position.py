"""The figures of docs/position.md: ``python -m bench.position [DATA]``.

Real receivers' logs are read, held against gpsd's own reading, and looked at for cues that honest receivers should not
show; staged spoofers are looked at for those that they should. Takes some minutes, nearly all of them gpsfake's.
"""

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench import gpsfake
from bench.agreement import SAME_PLACE_DEG, Agreement, Found, compare
from edge_agent.observations import PositionObservation
from edge_agent.perception.place_cues import FEWEST_FIXES, FEWEST_SIGNALS, FROZEN_FIXES, FROZEN_S, place_cues
from edge_agent.perception.position import observe_position, point_of
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_player import receiver_decoder
from edge_agent.sensors.nmea_file import NmeaFile, log_format
from edge_agent.sensors.receiver_format import NMEA
from sim.position import SimulatedReceiver
from sim.script import Sky, Spoofer, VisitScript
from visit_record.vocabulary import PlaceCue

DATA = Path(os.environ.get("CAREWITNESS_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
VISITS = 200
VISIT_S = 900.0
STARTED_AT_MS = 1_767_225_540_000
GENERATOR_SPREADS_DB = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Log:
    """A real receiver's log as it was read."""

    path: Path
    format: str
    readings: tuple[PositionReading, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether the log is of the half on which no threshold was chosen: by its name, so that it stays there."""
        return hashlib.sha256(self.path.name.encode()).digest()[0] % 2 == 1

    @property
    def fixes(self) -> list[PositionObservation]:
        """Observations with a place; a log has no clock of a device to hold the satellites' time against."""
        return [seen for seen in (observe_position(each, None) for each in self.readings) if point_of(seen)]


def main() -> None:
    """Measure and print."""
    folder = (Path(sys.argv[1]) if len(sys.argv) > 1 else DATA) / "nmea" / "gpsd"
    logs = list(read(folder))
    if not logs:
        sys.exit(f"no logs in {folder}; give the folder of the real recordings")
    formats = Counter(log.format for log in logs)
    print(f"read: {len(logs)} logs, {formats[NMEA]} of them NMEA; {sum(len(log.fixes) for log in logs)} fixes")
    print("  " + ", ".join(f"{name} {count}" for name, count in formats.most_common()))
    _tell_false_alarms(logs)
    _tell_recall()
    if gpsfake.is_there():
        _tell_agreement([log for log in logs if log.format == NMEA])


def read(folder: Path) -> Iterator[Log]:
    """Every log, NMEA by our own reading, the others by gpsd where it is there."""
    decoder = receiver_decoder()
    for path in sorted(folder.glob("*.log")):
        found = log_format(path)
        yield Log(path, found, tuple(NmeaFile(path).readings() if found == NMEA else decoder.readings(path)))


def _tell_false_alarms(logs: Sequence[Log]) -> None:
    able = {cue: [log for log in logs if _can_show(cue, log.fixes)] for cue in PlaceCue}
    print("\nhonest logs that show a cue, of those long and talkative enough to (in brackets: of the held-out half)")
    for cue, those in able.items():
        alarms = [log for log in those if cue in place_cues(log.fixes)]
        held_out = [log for log in alarms if log.is_held_out]
        names = ", ".join(log.path.name for log in alarms)
        print(
            f"  {cue:24s} {len(alarms)} of {len(those)}   "
            f"[{len(held_out)} of {sum(log.is_held_out for log in those)}]   {names}"
        )
    for half in (False, True):
        spreads = sorted(_spread_db(log.fixes) for log in able[PlaceCue.FLAT_SIGNALS] if log.is_held_out == half)
        print(f"  spread of signals, {'held out' if half else 'chosen on'}: lowest {spreads[:3]} dB of {len(spreads)}")


def _can_show(cue: PlaceCue, fixes: Sequence[PositionObservation]) -> bool:
    match cue:
        case PlaceCue.NO_SATELLITES_YET_FIX:
            return sum(fix.satellites is not None or fix.satellites_heard is not None for fix in fixes) >= FEWEST_FIXES
        case PlaceCue.POSITION_JUMP:
            return len(fixes) >= 2
        case PlaceCue.FROZEN_JITTER:
            heard_ms = [fix.at_ms for fix in fixes if fix.snr_spread_db is not None]
            return len(heard_ms) >= FROZEN_FIXES and heard_ms[-1] - heard_ms[0] >= FROZEN_S * 1000
        case PlaceCue.FLAT_SIGNALS:
            return sum((fix.satellites_heard or 0) >= FEWEST_SIGNALS for fix in fixes) >= FEWEST_FIXES
        case PlaceCue.TIME_OFFSET:
            return False


def _spread_db(fixes: Sequence[PositionObservation]) -> float:
    spreads_db = [fix.snr_spread_db or 0.0 for fix in fixes if (fix.satellites_heard or 0) >= FEWEST_SIGNALS]
    return round(float(np.median(spreads_db)), 2)


def _tell_recall() -> None:
    print(f"\nstaged visits of {VISIT_S:.0f} s that show a cue, of {VISITS}: synthetic data alone")
    scripts = [_script(seed) for seed in range(VISITS)]
    _tell_cues("honest", (SimulatedReceiver(script) for script in scripts))
    for spoofer in Spoofer:
        _tell_cues(spoofer.value, (SimulatedReceiver(script, spoofer=spoofer) for script in scripts))
    for spread_db in GENERATOR_SPREADS_DB[1:]:
        receivers = (
            SimulatedReceiver(script, spoofer=Spoofer.GENERATOR, generator_spread_db=spread_db) for script in scripts
        )
        _tell_cues(f"generator, {spread_db:.1f} dB", receivers)
    _tell_cues("no jitter", (SimulatedReceiver(_under(script, jitter_m=0.0)) for script in scripts))
    _tell_cues("replayed, 1 h old", (SimulatedReceiver(_under(script, gps_offset_s=-3600.0)) for script in scripts))


def _script(seed: int) -> VisitScript:
    rng = np.random.default_rng([seed, 0x73706F6F])
    sky = Sky(
        latitude_deg=float(rng.uniform(18, 53)),
        longitude_deg=float(rng.uniform(74, 134)),
        satellites=int(rng.integers(5, 13)),
        hdop=float(rng.uniform(0.7, 4.0)),
        jitter_m=float(rng.uniform(1.0, 15.0)),
        gps_offset_s=float(rng.normal(0.0, 5.0)),
    )
    return VisitScript(seed, STARTED_AT_MS, VISIT_S, (), (), (), sky)


def _under(script: VisitScript, **sky: float) -> VisitScript:
    return replace(script, sky=replace(script.sky, **sky))  # type: ignore[arg-type]


def _tell_cues(what: str, receivers: Iterable[SimulatedReceiver]) -> None:
    shown = Counter[str]()
    for receiver in receivers:
        started_at_ms = receiver.script.started_at_ms
        cues = place_cues([observe_position(each, started_at_ms + each.at_ms) for each in receiver.readings()])
        shown.update(cue.value for cue in cues)
        shown["any"] += bool(cues)
    told = ", ".join(f"{cue} {count}" for cue, count in shown.items() if cue != "any" and count)
    print(f"  {what:20s} {shown['any']:3d}   {told}")


def _tell_agreement(logs: Sequence[Log]) -> None:
    print("\nour fixes against gpsd's, played by gpsfake (degrees, the larger of latitude and longitude)")
    print(
        f"  {'log':34s}{'ours':>5s}{'gpsd':>6s}"
        + "".join(f"{found:>17s}" for found in Found)
        + "   gpsd alone   p95, most"
    )
    all_of_them = list[Agreement]()
    for log in logs:
        agreement = compare(log.readings, list(gpsfake.fixes(log.path)))
        all_of_them.append(agreement)
        _tell_row(log.path.name, agreement)
    _tell_row("all", _sum(all_of_them))
    whole = sum(
        set(each.ours) <= {Found.AT_ITS_TIME, Found.ELSEWHEN}
        and not each.theirs_alone
        and max(each.apart_deg, default=0.0) <= SAME_PLACE_DEG
        for each in all_of_them
    )
    print(
        f"  all fixes found within {SAME_PLACE_DEG} degrees, and none of gpsd's left over: {whole} of {len(logs)} logs"
    )


def _sum(those: Sequence[Agreement]) -> Agreement:
    return Agreement(
        sum((each.ours for each in those), Counter[Found]()),
        tuple(apart for each in those for apart in each.apart_deg),
        sum(each.theirs for each in those),
        sum(each.theirs_alone for each in those),
    )


def _tell_row(name: str, agreement: Agreement) -> None:
    apart = np.array(agreement.apart_deg)
    most = f"{np.quantile(apart, 0.95):.1e}, {apart.max():.1e}" if len(apart) else "-"
    row = "".join(f"{agreement.ours[found]:17d}" for found in Found)
    print(
        f"  {name:34s}{agreement.ours.total():5d}{agreement.theirs:6d}{row}{agreement.theirs_alone:13d}   {most}",
        flush=True,
    )


if __name__ == "__main__":
    main()
