"""A challenge goes the whole way: drawn for the check, on the screen in time, judged, in the record and the journal."""

from pathlib import Path
from random import Random

import pytest

from edge_agent.actions import CheckOut
from edge_agent.bootstrap.witnessing import unforeseeable
from edge_agent.check_plan import Asker, asker
from edge_agent.errors import SettingsError
from edge_agent.evidence.face import face_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FaceObservation
from edge_agent.perception.movements import Step
from edge_agent.readings import CameraFrame
from edge_agent.senses import Senses
from edge_agent.settings_file import read_settings
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from tests.edge_agent.stage import BLACK, check_in
from tests.liveness.faces import challenge, looks, move, performed
from visit_record.record import FaceEvidence, Liveness, NotObserved
from visit_record.vocabulary import CheckMoment, LivenessMethod, NotObservedReason

CHECKS = CheckSettings()
OUT_MS = 60_000
IN_ASKED, OUT_ASKED = (
    challenge(Step.TURN_LEFT, Step.BLINK, Step.NEARER),
    challenge(Step.NEARER, Step.TURN_RIGHT, Step.BLINK),
)
ASKS = {CheckMoment.CHECK_IN: IN_ASKED, CheckMoment.CHECK_OUT: OUT_ASKED}


def _visit(at_the_ends: tuple[list[FaceObservation], list[FaceObservation]], ask: Asker) -> VisitSession:
    """A minute whose faces at check-in and at check-out are given, their times from the start of each check."""
    seen = {look.at_ms: look for look in at_the_ends[0]} | {OUT_MS + look.at_ms: look for look in at_the_ends[1]}
    senses = Senses(look=lambda frame: _moved(seen[frame.at_ms], frame.at_ms))
    session = VisitSession(check_in(), senses, CHECKS, VisitSettings(), ask)
    for at_ms in sorted(seen):
        if at_ms == OUT_MS:
            session.happen(CheckOut(OUT_MS))
        session.happen(CameraFrame(at_ms, BLACK))
    session.end_of_streams()
    return session


def _moved(look: FaceObservation, at_ms: int) -> FaceObservation:
    return FaceObservation(at_ms, 1, yaw=look.yaw, eyes_open=look.eyes_open, face_share=look.face_share)


def _shown(session: VisitSession) -> list[Liveness | NotObserved]:
    evidence = face_evidence(
        session.observations(FaceObservation), VisitClock(1_700_000_000_000, 0, OUT_MS), session.windows()
    )
    assert isinstance(evidence, FaceEvidence)
    return [check.liveness for check in evidence.checks]


def test_each_end_of_a_visit_is_judged_by_what_was_drawn_for_it() -> None:
    session = _visit((looks(*performed(IN_ASKED)), looks(*performed(OUT_ASKED))), ASKS.get)
    assert _shown(session) == [Liveness(LivenessMethod.CHALLENGE, True, 1.0)] * 2


def test_the_film_of_check_in_is_no_answer_at_check_out() -> None:
    film = looks(*performed(IN_ASKED))
    at_check_in, at_check_out = _shown(_visit((film, film), ASKS.get))
    assert at_check_in == Liveness(LivenessMethod.CHALLENGE, True, 1.0)
    assert isinstance(at_check_out, Liveness) and not at_check_out.passed


def test_where_nobody_can_be_asked_a_turning_head_is_looked_for() -> None:
    session = _visit((looks(move(Step.TURN_LEFT, 3_000), move(Step.TURN_RIGHT, 6_000)), looks()), lambda _moment: None)
    assert [getattr(shown, "method", None) for shown in _shown(session)] == [LivenessMethod.HEAD_TURN] * 2


def test_where_nothing_may_be_asked_liveness_is_not_asked_for() -> None:
    session = _visit((looks(), looks()), asker(CheckSettings(asks=()), Random(1)))
    assert _shown(session) == [NotObserved(NotObservedReason.NOT_ASKED)] * 2


def test_what_was_asked_and_when_is_in_the_journal() -> None:
    lines = _visit((looks(), looks()), ASKS.get).journal.close("v").lines.decode().splitlines()
    drawn = [line for line in lines if '"ChallengeDrawn"' in line]
    assert ['"at_ms":2000' in drawn[0], '"at_ms":62000' in drawn[1], len(drawn)] == [True, True, 2]


def test_the_challenge_of_check_out_is_not_drawn_before_check_out() -> None:
    moments: list[CheckMoment] = []
    session = VisitSession(check_in(), Senses(), CHECKS, VisitSettings(), moments.append)
    assert moments == [CheckMoment.CHECK_IN]
    session.happen(CameraFrame(OUT_MS, BLACK))
    session.happen(CheckOut(OUT_MS))
    assert moments == [CheckMoment.CHECK_IN, CheckMoment.CHECK_OUT]


def test_a_device_asks_for_what_nobody_can_foresee() -> None:
    ask = unforeseeable(CHECKS)
    assert len({ask(CheckMoment.CHECK_IN) for _ in range(60)}) > 1


@pytest.mark.parametrize(("check_s", "limit_ms"), [(12.0, 3_000), (8.0, 2_000)])
def test_a_short_check_gives_each_step_less_time_rather_than_none(check_s: float, limit_ms: int) -> None:
    asked = asker(CheckSettings(check_in_s=check_s), Random(1))(CheckMoment.CHECK_IN)
    assert asked is not None and [timed.limit_ms for timed in asked.steps] == [limit_ms] * 3


def test_settings_name_the_movements_and_the_view_that_camera_and_array_share(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    rest = 'folder = "."\nmodels = "r.toml"\n'
    view = "[thermal_view]\nrow0 = {}\ncol0 = 0.0\nrow1 = 0.9\ncol1 = 1.0\n"
    file.write_text(rest + view.format("-0.1") + '[checks]\nasks = ["blink", "nearer"]\n')
    settings = read_settings(file)
    assert settings.checks.asks == (Step.BLINK, Step.NEARER)
    assert settings.array_view is not None and settings.array_view.area.row0 == -0.1
    file.write_text(rest + view.format("0.9"))
    with pytest.raises(SettingsError, match="thermal_view"):
        read_settings(file)
    file.write_text(rest + '[checks]\nasks = ["wink"]\n')
    with pytest.raises(SettingsError):
        read_settings(file)
