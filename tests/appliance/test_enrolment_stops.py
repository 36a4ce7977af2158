"""What an enrolment stops and starts: never in a visit, the agent while it is changed, and nothing for good."""

from pathlib import Path

import pytest

from edge_agent.whole_files import alone_in
from tests.appliance.test_enrolment import enrol, everything, put_before, root, state

__all__ = ["root"]

STOP = "stop carewitness-agent"
START = ["reset-failed carewitness-agent", "--no-block start carewitness-agent"]
RESTARTS = [f"restart {unit}" for unit in ("nftables", "carewitness-allow", "mosquitto", "chrony")]
# Writes down how it is called; AGENT is what the agent's unit is, FAILS the unit that does not start anew.
SYSTEMCTL = """
case "$*" in
    "is-enabled --quiet carewitness-agent") [[ ${{AGENT-enabled active}} == *enabled* ]]; exit ;;
    "is-active --quiet carewitness-agent") [[ ${{AGENT-enabled active}} == *active* ]]; exit ;;
    "is-active --quiet multi-user.target") exit 0 ;;
esac
echo "$*" >> {called}
[ "$*" != "restart ${{FAILS-}}" ]
"""


@pytest.fixture
def called(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lines of what the system's supervisor was asked for."""
    put_before(root, monkeypatch, systemctl=SYSTEMCTL.format(called=root / "called"))
    monkeypatch.setenv("CAREWITNESS_SYSTEMCTL", str(root / "tools" / "systemctl"))
    return root / "called"


def asked(called: Path) -> list[str]:
    return called.read_text("utf-8").splitlines() if called.exists() else []


@pytest.fixture
def alive(root: Path) -> Path:
    """Where the agent says whether a visit is under way."""
    file = root / "run" / "carewitness" / "alive.json"
    file.parent.mkdir(parents=True)
    return file


def test_the_agent_stands_still_while_a_stick_changes_what_it_runs_with(root: Path, called: Path) -> None:
    assert enrol(root).returncode == 0
    assert asked(called) == [STOP, *RESTARTS, *START]


@pytest.mark.parametrize("agent", ["active", "enabled", ""])
def test_only_an_agent_that_is_to_run_is_stopped_and_started(
    root: Path, called: Path, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first installation enables it last, and ends with a new start of the device."""
    monkeypatch.setenv("AGENT", agent)
    assert enrol(root).returncode == 0
    assert asked(called) == ([STOP, *RESTARTS, *START] if agent else RESTARTS)


def test_a_stick_never_cuts_a_visit(root: Path, called: Path, alive: Path) -> None:
    alive.write_text('{"visit":true}', "utf-8")
    before = everything(state(root))
    done = enrol(root, BROKER_HOST="10.0.0.9")
    assert done.returncode == 1
    assert "a visit is under way, and nothing was changed; run this again when it is over" in done.stderr
    assert everything(state(root)) == before
    assert asked(called) == []


def test_a_visit_that_begins_while_a_self_test_is_waited_for_is_not_cut(
    root: Path, called: Path, alive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_before(root, monkeypatch, flock=f"""echo '{{"visit":true}}' > {alive}; exec /usr/bin/flock "$@" """)
    before = everything(state(root))
    done = enrol(root)
    assert done.returncode == 1
    assert "a visit is under way" in done.stderr
    assert everything(state(root)) == before
    assert asked(called) == []


def test_a_stick_waits_for_a_self_test_and_for_a_trial_s_end(root: Path, called: Path) -> None:
    held = root / "run" / "carewitness-selftest"
    held.mkdir(parents=True)
    before = everything(state(root))
    with alone_in(held):
        assert "a self-test or another enrolment is under way" in enrol(root).stderr
    trial = state(root) / "releases" / "trial.json"
    trial.touch()
    assert "a new release is on trial" in enrol(root).stderr
    trial.unlink()
    assert everything(state(root)) == before
    assert asked(called) == []


def test_the_agent_is_started_again_though_the_enrolment_failed(root: Path, called: Path) -> None:
    assert enrol(root).returncode == 0
    called.unlink()
    assert enrol(root, DEVICE="device-2").returncode == 1
    assert asked(called) == [STOP, *START]


@pytest.mark.parametrize("unit", ["carewitness-allow", "mosquitto"])
def test_a_service_that_does_not_start_is_told_and_ends_no_enrolment(
    root: Path, called: Path, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker's name that nobody can resolve today: it is asked for again every ten minutes."""
    monkeypatch.setenv("FAILS", unit)
    done = enrol(root)
    assert done.returncode == 0, done.stderr
    assert f"{unit} 没有启动，登记继续" in done.stderr
    assert f"journalctl -u {unit}" in done.stderr
    assert "take device-1.request.json and device-1.csr to the administrator" in done.stderr
    assert asked(called) == [STOP, *RESTARTS, *START]
