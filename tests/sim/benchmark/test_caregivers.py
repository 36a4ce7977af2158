import numpy as np

from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from sim.benchmark.aims import aim_of
from sim.benchmark.caregivers import BRANDED, caregiver_figures
from sim.benchmark.intervals import Estimate
from sim.benchmark.outcome import Outcome
from tests.sim.benchmark.seen import outcome
from visit_record.vocabulary import Typology

PRIOR = shipped_calibration(EVIDENCE_IDS).prior
# How far apart genuine and faked visits are, in standard deviations of the natural logarithm of their ratios.
APART = 3.0


def visits(share: dict[str, float], each: int, rng: np.random.Generator) -> list[Outcome]:
    """Ratios that mean exactly what they say: normal logarithms with this mean and spread do."""
    faked = {name: rng.random(each) > genuine for name, genuine in share.items()}
    return [
        outcome(
            Typology.EMPTY_ORDER if fake else Typology.GENUINE,
            float(rng.normal(APART**2 / 2 * (1 if fake else -1), APART) / np.log(10)),
            name,
        )
        for name, theirs in faked.items()
        for fake in theirs
    ]


def told(share: dict[str, float], outcomes: list[Outcome]) -> dict[str, tuple[Estimate, int]]:
    found = caregiver_figures(outcomes, share, PRIOR, np.random.default_rng(1), 50)
    return {about: (estimate, count) for about, estimate, count in found}


def drawn_share(seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    shares = np.where(rng.random(200) < 0.1, rng.beta(2, 2, 200), rng.beta(300, 1, 200))
    return {f"caregiver-{number}": float(one) for number, one in enumerate(shares)}


def test_intervals_cover_what_was_staged_and_nobody_honest_is_branded() -> None:
    share = drawn_share(3)
    found = told(share, visits(share, 40, np.random.default_rng(4)))
    coverage, caregivers = found["coverage"]
    assert caregivers == 200
    assert coverage.value is not None
    assert coverage.value > 0.9
    branded, honest = found["false_branding"]
    assert branded.value == 0.0
    assert 150 < honest < 200


def test_estimates_that_are_wrong_about_everybody_cover_nobody() -> None:
    share = drawn_share(3)
    outcomes = visits(share, 40, np.random.default_rng(4))
    coverage, _ = told(dict.fromkeys(share, 0.02), outcomes)["coverage"]
    assert coverage.value is not None
    assert coverage.value < 0.1


def shares_branded(found: dict[str, tuple[Estimate, int]]) -> dict[str, float | None]:
    return {about: found[about][0].value for about, _ in BRANDED}


def test_honest_caregiver_of_whom_every_visit_is_a_little_odd_is_counted_as_branded_by_all_of_them() -> None:
    """Two decibans are nothing once, and are a concern 68 times: few visits alone would never show it."""
    share = {f"caregiver-{number}": 1.0 for number in range(60)}
    ordinary = visits(share, 68, np.random.default_rng(4))
    odd = [outcome(Typology.GENUINE, 0.2, "quiet with an old face")] * 68
    aim = aim_of("authenticity", "false_branding_whole")
    assert aim is not None

    none = shares_branded(told(share, ordinary))
    assert none == dict.fromkeys(none, 0.0)
    assert aim.met_by(0.0)

    one = shares_branded(told(share | {"quiet with an old face": 1.0}, ordinary + odd))
    assert one == none | {"false_branding_whole": 1 / 61}
    assert not aim.met_by(1 / 61)
