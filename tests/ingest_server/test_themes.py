"""Early warnings by theme: what warns of what, and what nothing screens for."""

from msgspec.structs import replace

from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.themes import SIGNS, Theme, screened, themes_of
from ingest_server.scoring.verdict import Band, RaisedException, Verdict
from tests.ingest_server.conftest import by_hand, weigher
from tests.ingest_server.web.visits import empty_order, little_seen, rich_visit
from visit_record.vocabulary import ExceptionClass, ExceptionCode, Typology


def quiet() -> Verdict:
    return replace(weigher(by_hand()).weigh(rich_visit()), exceptions=(), band=Band.CREDIBLE)


def raising(*codes: ExceptionCode) -> Verdict:
    return replace(quiet(), exceptions=tuple(RaisedException(code, ExceptionClass.INFO) for code in codes))


def test_doubted_visit_warns_of_what_it_is_most_like() -> None:
    assert Theme.EMPTY_ORDER in set(themes_of(weigher(by_hand()).weigh(empty_order())))
    like = replace(quiet(), band=Band.REVIEW, typology=Typology.PROXY_CAREGIVER)
    assert list(themes_of(like)) == [Theme.PERSON_CARD_SEPARATION]


def test_credible_visit_warns_of_nothing_whatever_faking_it_is_least_unlike() -> None:
    assert list(themes_of(replace(quiet(), typology=Typology.PROXY_CAREGIVER))) == []


def test_exceptions_of_one_theme_warn_once() -> None:
    assert list(themes_of(raising(ExceptionCode.NO_OCCUPANCY, ExceptionCode.NO_CARE_ACTIVITY))) == [Theme.EMPTY_ORDER]


def test_what_could_not_be_observed_warns_of_nothing() -> None:
    unobserved = (ExceptionCode.SENSOR_FAULT, ExceptionCode.CONSENT_WITHHELD, ExceptionCode.GPS_UNAVAILABLE)
    assert list(themes_of(raising(*unobserved))) == []
    assert list(themes_of(weigher(by_hand()).weigh(little_seen()))) == []


def test_every_way_of_faking_is_of_one_theme() -> None:
    held = [typology for signs in SIGNS.values() for typology in signs.typologies]
    assert sorted(held) == sorted(set(Typology) - {Typology.GENUINE})


def test_what_ships_screens_for_all_but_gatherings_of_cards() -> None:
    codes = {rule.code for rule in shipped_rules(EVIDENCE_IDS).rule}
    weighed = {typology for row in shipped_calibration(EVIDENCE_IDS).row for typology in row.weights}
    assert set(Theme) - screened(codes, weighed) == {Theme.MULTI_CARD_GATHERING}


def test_nothing_in_force_screens_for_nothing() -> None:
    assert screened(set(), set()) == frozenset()
