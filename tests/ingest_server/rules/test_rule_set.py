"""Rules as data: what is refused, when a rule holds, and what each kind finds and does not find."""

import re
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest_server.errors import RulesError
from ingest_server.rules.asked import Asked, Finding
from ingest_server.rules.limits import limits_of
from ingest_server.rules.rule_set import parse_rules, shipped_rules, shipped_text
from ingest_server.rules.rules import Rules
from ingest_server.rules.thresholds import bearable, check_thresholds, strongest_cue
from ingest_server.scoring.calibration import Calibration, check_calibration, shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.seen import see
from ingest_server.scoring.verdict import Band, Thresholds
from ingest_server.scoring.weigher import Weigher, by_id, measure
from ingest_server.words.judged import JUDGED
from tests.ingest_server.conftest import by_hand
from tests.ingest_server.rules.documents import one_rule, parsed, shipped_as
from tests.ingest_server.web.visits import empty_order, look, proxy_with_photo
from tests.visit_record.examples import CHECK_IN_MS, honest_visit, minutes
from visit_record.catalogue import service_items
from visit_record.record import (
    FaceEvidence,
    Liveness,
    NotObserved,
    OccupancyEvidence,
    OccupancyInterval,
    OtherMatch,
    ServiceClaim,
    Services,
    SoundEvidence,
    SoundInterval,
    Span,
    VisitRecord,
    VoiceEvidence,
)
from visit_record.vocabulary import (
    CheckMoment,
    Ending,
    ExceptionCode,
    IdentityMethod,
    LivenessMethod,
    NotObservedReason,
    SoundCue,
    Typology,
)
from visit_record.words import RECORDED

ALIVE = Liveness(LivenessMethod.CHALLENGE, True, 1.0)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WITHHELD = NotObserved(NotObservedReason.CONSENT_WITHHELD)


def asked_of(record: VisitRecord) -> Asked:
    seen = see(record, service_items())
    return Asked(seen, by_id(measure(seen)))


def found(text: str, record: VisitRecord) -> list[Finding]:
    return Rules(parsed(text)).ask(asked_of(record))


def raised(record: VisitRecord) -> dict[str, Finding]:
    rules = Rules(shipped_rules(EVIDENCE_IDS))
    return {finding.raised.rule or "": finding for finding in rules.ask(asked_of(record))}


BOUND = '{ kind = "bound", evidence = "voice", least = 0.7 }'
REFUSED = {
    "unknown kind": (one_rule(asks='{ kind = "mood" }'), "the-rule"),
    "no kind": (one_rule(asks='{ evidence = "voice" }'), "the-rule"),
    "unknown evidence": (one_rule(asks='{ kind = "bound", evidence = "mood", least = 0.5 }'), "the-rule"),
    "unknown code": (one_rule().replace("VOICE_MISMATCH", "BAD_MOOD"), "the-rule"),
    "unknown class": (one_rule().replace("acknowledge", "punish"), "the-rule"),
    "unknown key": (one_rule('severity = "high"'), "the-rule"),
    "unknown parameter": (one_rule(asks='{ kind = "bound", evidence = "voice", least = 0.5, x = 1 }'), "the-rule"),
    "parameter missing": (one_rule(asks='{ kind = "ended_as" }'), "the-rule"),
    "bound without a bound": (one_rule(asks='{ kind = "bound", evidence = "voice" }'), "the-rule"),
    "bound upside down": (one_rule(asks='{ kind = "bound", evidence = "voice", least = 1, most = 0 }'), "the-rule"),
    "bound that is no number": (one_rule().replace("0.7 }", "nan }"), "no finite number"),
    "hours that are no number": (one_rule(asks='{ kind = "longer_than", most_hours = nan }'), "no finite number"),
    "weight beyond the bound": (one_rule("weight = { proxy_caregiver = 6.1 }"), "the-rule"),
    "weight that is no number": (one_rule("weight = { proxy_caregiver = nan }"), "no finite number"),
    "weight for the genuine": (one_rule("weight = { genuine = 1.0 }"), "the-rule"),
    "weight for nobody": (one_rule("weight = { bad_mood = 1.0 }"), "the-rule"),
    "until before from": (one_rule("effective_from = 2026-03-02\neffective_until = 2026-03-01"), "the-rule"),
    "day that no clock reaches": (one_rule("effective_until = 9999-12-31"), "the-rule"),
    "weight against a missing sense": (
        one_rule("weight = { proxy_caregiver = 0.1 }", asks='{ kind = "sense_missing", reasons = ["sensor_fault"] }'),
        "'the-rule': what could not be observed"),
    "weight against a missing position": (
        one_rule("weight = { proxy_caregiver = 0.1 }", asks='{ kind = "no_position" }'),
        "'the-rule': what could not be observed"),
    "way of faking that no calibration weighs": (
        one_rule("weight = { double_booking = 1.0 }"), "'the-rule': .*double_booking"),
    "identity that no calibration weighs": (one_rule("weight = { shared_identity = -1.0 }"), "'the-rule'"),
    "visit of any length": (one_rule(asks='{ kind = "longer_than", most_hours = 0.0 }'), "'the-rule': .*most_hours"),
    "clock that is never right": (
        one_rule(asks='{ kind = "clock_off", most_offset_s = -1.0 }'), "'the-rule': .*most_offset_s"),
    "no ending": (one_rule(asks='{ kind = "ended_as", endings = [] }'), "'the-rule': .*endings"),
    "no reason for a missing sense": (
        one_rule(asks='{ kind = "sense_missing", reasons = [] }'), "'the-rule': .*reasons"),
    "claims that are always unheard": (
        one_rule(asks='{ kind = "claims_unheard", least_heard_share = 1.1 }'), "'the-rule': .*least_heard_share"),
    "claims that are never unheard": (
        one_rule(asks='{ kind = "claims_unheard", least_heard_share = 0.0 }'), "'the-rule': .*least_heard_share"),
    "weight against checking out": (
        one_rule("weight = { empty_order = 1.0 }", asks='{ kind = "ended_as", endings = ["checked_out"] }'),
        "'the-rule': .*checked_out"),
    "no words": (one_rule().replace('zh = "据"', 'zh = " "'), "the-rule"),
    "one language": (one_rule().replace('zh = "据", ', ""), "the-rule"),
    "sentence that tells what is not there": (one_rule().replace('zh = "说"', 'zh = "{about}"'), "the-rule"),
    "sentence that reaches inside": (one_rule().replace('zh = "说"', 'zh = "{value.__class__}"'), "the-rule"),
    "sentence of no format": (one_rule().replace('zh = "说"', 'zh = "{value"'), "the-rule"),
    "sentence that cannot be written": (one_rule().replace('zh = "说"', 'zh = "{value:d}"'), "the-rule"),
    "sentence that spills": (one_rule().replace('zh = "说"', 'zh = "{value:>1000000}"'), "the-rule"),
    "id of no form": (one_rule().replace("the-rule", "the rule!"), "the rule!"),
    "no id": (one_rule().replace('id = "the-rule"', ""), "number 1"),
    "id that stands twice": (one_rule() + one_rule().split("[[rule]]")[1].join(["[[rule]]", ""]), "the-rule"),
    "no rule": ('version = "v"\ntime_zone = "UTC"\nweight_bound_db = 6\nthresholds = { review = 0.5, hold = 0.9 }\n'
                "rule = []", "without a rule"),
    "no TOML": ("version = = ", "cannot be read"),
    "weights bounded by more than may be": (one_rule().replace("weight_bound_db = 6.0", "weight_bound_db = 7.0"), "6"),
    "unknown time zone": (one_rule().replace("Asia/Shanghai", "Asia/Nowhere"), "Nowhere"),
    "time zone of a path": (one_rule().replace("Asia/Shanghai", "../../etc/passwd"), "passwd"),
    "version of a path": (one_rule().replace('"small"', '"../small"'), "version"),
    "hold under review": (one_rule().replace("hold = 0.95", "hold = 0.4"), "review <= hold"),
    "thresholds that nothing reaches": (
        one_rule().replace("review = 0.5, hold = 0.95", "review = 1.0, hold = 1.0"), "hold < 1"),
    "thresholds of one agency": (one_rule().replace("hold = 0.95", 'hold = 0.95, agency = "a"'), "agency"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_rule_set_that_is_not_whole_is_refused_and_the_rule_is_named(case: str) -> None:
    text, named = REFUSED[case]
    with pytest.raises(RulesError, match=named):
        parse_rules(text, EVIDENCE_IDS)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_given_is_a_rule_set_or_refused(text: str) -> None:
    with pytest.raises(RulesError):
        parse_rules(text, EVIDENCE_IDS)


@pytest.mark.parametrize("asks", ['{ kind = "no_position" }', '{ kind = "sense_missing", reasons = ["sensor_fault"] }'])
def test_what_could_not_be_observed_may_speak_for_a_visit(asks: str) -> None:
    [rule] = parsed(one_rule("weight = { proxy_caregiver = -1.0 }", asks=asks)).rule
    assert rule.weight == {Typology.PROXY_CAREGIVER: -1.0}


SHIPPED = ("3", "5c57a98e661b903b7b3bbc036f2ee5d6a92bb80542060d83de1e1cb4dc56edc7")


def test_text_of_the_shipped_rules_changes_only_with_their_version() -> None:
    """A store keeps a version as it was entered first, and verdicts name their rules by it."""
    shipped = (shipped_rules(EVIDENCE_IDS).version, sha256(shipped_text().encode()).hexdigest())
    assert shipped == SHIPPED, "rules.toml changed: give the set a new version, and write both here"


def test_of_a_visit_that_nobody_ended_nothing_is_said_but_that() -> None:
    """Whether the caregiver left is not known: she may have stayed, and forgotten to check out."""
    [rule] = [rule for rule in shipped_rules(EVIDENCE_IDS).rule if rule.id == "abandoned"]
    words = RECORDED[Ending]["abandoned"], JUDGED[ExceptionCode]["ABANDONED"], rule.question, rule.basis, rule.says
    for said in words:
        assert "无人签退" in said.zh
        assert "nobody" in said.en.lower()
        assert not re.search("离开|放弃", said.zh)
        assert not re.search("leav|left|abandon", said.en)


def test_shipped_rules_weigh_nothing_and_hold_for_every_moment() -> None:
    """What is measured is weighed by the calibration; and a clock set back must not slip out from under a rule."""
    for rule in shipped_rules(EVIDENCE_IDS).rule:
        assert not any(rule.weight.values()), rule.id
        assert rule.effective_from is rule.effective_until is None, rule.id


def test_rule_holds_from_its_first_midnight_to_the_one_after_its_last_day_where_it_applies() -> None:
    text = one_rule(
        "effective_from = 2026-03-01\neffective_until = 2026-03-02", asks='{ kind = "longer_than", most_hours = 0.5 }'
    )
    first, last = (datetime(2026, 3, day, tzinfo=SHANGHAI).timestamp() * 1000 for day in (1, 3))
    moments = {first - 1: 0, first: 1, last - 1: 1, last: 0}
    for at_ms, count in moments.items():
        record = honest_visit(span=Span(int(at_ms), int(at_ms) + 3_600_000, 3600.0, Ending.CHECKED_OUT))
        assert len(found(text, record)) == count, at_ms


@settings(deadline=None)
@given(st.integers(0, 253_402_300_799_999))
def test_rules_answer_for_every_moment_there_is(at_ms: int) -> None:
    rules = Rules(parsed(one_rule("effective_from = 2026-03-01\neffective_until = 2026-03-02")))
    rules.ask(asked_of(honest_visit(span=Span(at_ms, at_ms, 60.0, Ending.CHECKED_OUT))))


def test_findings_come_in_the_order_of_the_vocabulary_each_with_its_rule() -> None:
    codes = [finding.raised.code for finding in raised(proxy_with_photo()).values()]
    assert codes == sorted(codes, key=list(ExceptionCode).index)
    assert {"far-from-home", "position-may-be-forged", "face-check-out-low"} <= raised(proxy_with_photo()).keys()


# A door falls shut: the microphone hears.
NO_CARE = SoundEvidence((SoundInterval(SoundCue.DOOR, minutes(0), 3.0, 0.9),), 0.99, 1.0, ())
EMPTY_ROOM = OccupancyEvidence((OccupancyInterval(CHECK_IN_MS, 3600.0, 0, False, False, False),), None, 1.0)
PLAYED = SoundEvidence((SoundInterval(SoundCue.WATER, minutes(5), 1200.0, 0.9),), 0.5, 1.0, ())
TWO_CLAIMS = Services((ServiceClaim("feeding", minutes(3), 1200.0), ServiceClaim("bathing", minutes(30), 1200.0)), ())


def test_care_that_is_played_to_an_empty_room_is_named() -> None:
    finding = raised(honest_visit(occupancy=EMPTY_ROOM, sound=PLAYED))["care-heard-with-nobody-there"]
    assert (finding.raised.code, finding.raised.value) == (ExceptionCode.REPLAYED_MEDIA, 1.0)


def test_each_claimed_item_that_was_not_heard_is_named() -> None:
    finding = raised(honest_visit(sound=NO_CARE, services=TWO_CLAIMS))["claims-unheard"]
    assert (finding.raised.value, finding.raised.about) == (0.0, ("feeding", "bathing"))


def test_claim_is_not_called_unheard_where_the_microphone_was_deaf() -> None:
    assert "claims-unheard" not in raised(honest_visit(sound=replace(NO_CARE, coverage=0.5), services=TWO_CLAIMS))


def other_as_like(own: float, other: float, **changes: object) -> dict[str, Finding]:
    check = replace(look(CheckMoment.CHECK_IN, CHECK_IN_MS, own, ALIVE), best_other=OtherMatch("caregiver-2", other))
    return raised(honest_visit(face=FaceEvidence((check,)), **changes))


def test_face_as_like_another_caregiver_is_a_shared_identity() -> None:
    finding = other_as_like(0.62, 0.62)["another-caregiver-as-like"]
    assert (finding.raised.code, finding.raised.about) == (ExceptionCode.SHARED_IDENTITY, ("caregiver-2",))
    assert "another-caregiver-as-like" not in other_as_like(0.63, 0.62)


def test_two_faces_as_unlike_as_strangers_are_no_shared_identity() -> None:
    assert "another-caregiver-as-like" not in other_as_like(0.2, 0.3)


def test_similarity_on_another_embedders_scale_is_no_shared_identity() -> None:
    assert "another-caregiver-as-like" not in other_as_like(0.6, 0.9, models={"face_embedder": "0" * 64})


def checked_in(method: IdentityMethod, **changes: object) -> bool:
    who = replace(honest_visit().who, checked_in_by=method)
    return "check-in-not-shown" not in raised(honest_visit(who=who, **changes))


def test_check_in_that_is_said_and_not_shown_is_raised_unless_it_could_not_be_observed() -> None:
    later = FaceEvidence((look(CheckMoment.CHECK_OUT, minutes(60), 0.7, ALIVE),))
    assert not checked_in(IdentityMethod.FACE, face=later)
    assert not checked_in(IdentityMethod.VOICE, voice=VoiceEvidence((), 0))
    assert checked_in(IdentityMethod.FACE, face=WITHHELD)
    assert checked_in(IdentityMethod.PIN, face=later)
    assert checked_in(IdentityMethod.FACE)


def test_visit_longer_than_a_day_of_work_shows_it_alone() -> None:
    span = Span(CHECK_IN_MS, CHECK_IN_MS + 13 * 3_600_000, 13 * 3600.0, Ending.CHECKED_OUT)
    assert raised(honest_visit(span=span))["longer-than-a-day-of-work"].raised.value == 13.0


def test_missing_senses_are_named_with_why() -> None:
    found_ = raised(honest_visit(face=WITHHELD, sound=NotObserved(NotObservedReason.SENSOR_FAULT)))
    assert found_["consent-withheld"].raised.about == ("face",)
    assert found_["sensor-broken-or-absent"].raised.about == ("sound",)


def weighing(weight: str) -> str:
    return one_rule(f"weight = {{ {weight} }}", asks='{ kind = "longer_than", most_hours = 0.5 }')


def test_weight_of_a_rule_adds_up_within_its_bound_and_is_a_reason() -> None:
    calibration, items = by_hand(), service_items()
    plain, heavy = (
        Weigher(calibration, items, Rules(parsed(weighing(weight)))).weigh(honest_visit())
        for weight in ("empty_order = 0.0", "empty_order = 6.0")
    )
    odds = [v.posterior[Typology.EMPTY_ORDER] / v.posterior[Typology.GENUINE] for v in (plain, heavy)]
    assert odds[1] / odds[0] == pytest.approx(10**0.6)
    [reason] = [reason for reason in heavy.reasons if reason.group == "rule"]
    assert (reason.evidence, reason.decibans > 0) == ("rule:the-rule", True)
    twice = parsed(weighing("empty_order = 6.0"))
    both = Rules(replace(twice, rule=(twice.rule[0], replace(twice.rule[0], id="again"))))
    assert both.decibans(both.ask(asked_of(honest_visit()))) == {Typology.EMPTY_ORDER: 6.0}


def test_override_moves_the_band_and_hides_no_reason() -> None:
    calibration, rule_set = by_hand(), shipped_rules(EVIDENCE_IDS)
    lenient = Rules(rule_set, {"agency-a": Thresholds(0.99, 1.0, "agency-a")})
    usual, own = (
        Weigher(calibration, service_items(), rules).weigh(empty_order()) for rules in (Rules(rule_set), lenient)
    )
    assert (usual.band, own.band) == (Band.HOLD, Band.CREDIBLE)
    assert usual.thresholds == rule_set.thresholds
    assert own.thresholds == Thresholds(0.99, 1.0, "agency-a")
    assert (own.suspicion, own.posterior, own.exceptions) == (usual.suspicion, usual.posterior, usual.exceptions)
    assert {reason.evidence for reason in own.reasons} == {reason.evidence for reason in usual.reasons}


def test_override_of_one_agency_is_not_anothers() -> None:
    rules = Rules(shipped_rules(EVIDENCE_IDS), {"agency-a": Thresholds(0.7, 0.8, "agency-a")})
    assert rules.thresholds("agency-b") == shipped_rules(EVIDENCE_IDS).thresholds


def test_threshold_that_one_cue_alone_could_pass_is_refused() -> None:
    calibration, rule_set = shipped_calibration(EVIDENCE_IDS), shipped_rules(EVIDENCE_IDS)
    cue, most = strongest_cue(calibration, rule_set)
    assert set(cue.split(" + ")) <= EVIDENCE_IDS
    assert 0 < most < rule_set.thresholds.review
    check_thresholds(Thresholds(most + 0.001, 0.9), calibration, rule_set)
    with pytest.raises(RulesError, match="one cue alone"):
        check_thresholds(Thresholds(most, 0.9), calibration, rule_set)
    low, high = Thresholds(most, 0.9, "low"), Thresholds(0.6, 0.9, "high")
    assert bearable({"low": low, "high": high}, calibration, rule_set) == {"high": high}


@pytest.mark.parametrize(
    "thresholds",
    [(0.0, 0.5), (0.6, 0.5), (0.6, 1.0), (1.0, 1.0), (0.6, 1.1), (float("nan"), 0.9), (0.6, float("nan"))],
)
def test_thresholds_that_are_no_rising_shares_are_refused(thresholds: tuple[float, float]) -> None:
    with pytest.raises(RulesError, match="review <= hold"):
        check_thresholds(Thresholds(*thresholds), shipped_calibration(EVIDENCE_IDS), shipped_rules(EVIDENCE_IDS))


def test_weight_of_a_rule_counts_with_the_cue_that_it_asks_about() -> None:
    calibration = by_hand()
    plain, heavy = (
        dict([strongest_cue(calibration, parsed(one_rule(f"weight = {{ proxy_caregiver = {weight} }}")))])
        for weight in (0.0, 6.0)
    )
    assert max(heavy.values()) > max(plain.values())
    assert set(heavy) == {"voice"} or max(heavy.values()) > 0.3


def nearly_alone(evidence: str) -> Calibration:
    """A table in which one row already stands near the limit of what one cue may do."""
    table = by_hand()
    weights = dict.fromkeys(table.faked, (10.0, 4.0, -10.0))
    rows = (replace(row, weights=weights) if row.evidence == evidence else row for row in table.row)
    found = replace(table, row=tuple(rows))
    check_calibration(found, EVIDENCE_IDS)
    return found


UNHEARD = '{ kind = "claims_unheard", least_heard_share = 0.5 }'


def test_rule_about_claims_that_were_not_heard_counts_with_the_row_of_the_same_claims() -> None:
    """Each alone is bearable; both find the very same silence, which would put a visit up for review by itself."""
    calibration = nearly_alone("items_heard")
    told, weighing_too = (
        parsed(one_rule(f"weight = {{ service_swap = {weight} }}", asks=UNHEARD)) for weight in (0.0, 6.0)
    )
    check_thresholds(told.thresholds, calibration, told)
    check_thresholds(weighing_too.thresholds, by_hand(), weighing_too)
    with pytest.raises(RulesError, match="by one cue alone: items_heard alone"):
        check_thresholds(weighing_too.thresholds, calibration, weighing_too)


def test_what_is_drawn_as_low_is_what_the_rules_call_low() -> None:
    limits = limits_of(parsed(shipped_as("other", ('"voice", least = 0.7', '"voice", least = 0.65'))))
    assert (limits.voice_least, limits.face_least, limits.site_excess_most_m) == (0.65, 0.4, 200.0)
    bare = limits_of(parsed(one_rule(asks='{ kind = "no_position" }')))
    assert bare.site_excess_most_m == float("inf")
