"""The bench measures the device alone, on as much of each sense as an hour's visit has."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import cbook
from numpy.typing import NDArray

from bench.appliance import AS_THE_UNIT
from bench.process import figures_of
from bench.staged import HOUR_MS, People, checks, look_times_ms
from bench.staging import VISIT_MS, Sensed, write_files
from bench.tables import MOST_MIB
from edge_agent.home_settings import BedSettings
from edge_agent.roster import MemoryRoster
from tests.appliance.brokers import CONFIG
from tests.appliance.unit_files import settings
from tests.edge_agent.test_run import fixes
from visit_record.vocabulary import Modality

SHORT_MS = 30_000


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("staged"), np.random.default_rng(3)
    sensed = Sensed(
        sound=rng.normal(0, 0.05, SHORT_MS * 16).astype(np.float32),
        heat=rng.normal(22, 0.3, (SHORT_MS // 1000, 24, 32)).astype(np.float32),
        pictures=[portrait()],
        sentences=[sentence.strip() for sentence in fixes(SHORT_MS // 1000)],
    )
    write_files(folder, sensed, People(SHORT_MS, "caregiver-1", MemoryRoster(), BedSettings(0.2, 0.2, 0.6, 0.6)))
    return folder


def portrait() -> NDArray[np.uint8]:
    picture = cv2.imread(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
    assert picture is not None
    return np.ascontiguousarray(picture[:, :, ::-1], np.uint8)


def test_the_whole_device_lives_the_visit_in_a_process_of_its_own(staged: Path) -> None:
    told = figures_of("bench.device", staged, time.monotonic())
    assert told["lost"] == []
    assert told["record_kib"] > 1
    assert 0 < told["ready_cpu_s"] < told["ready_s"] + 1
    assert 0 < told["share"] < 1
    assert told["ready_mib"] <= told["most_mib"] < MOST_MIB


@pytest.mark.parametrize("sense", [Modality.VOICE, Modality.THERMAL])
def test_each_sense_is_measured_alone(staged: Path, sense: Modality) -> None:
    told = figures_of("bench.one_sense", sense.value, staged)
    assert 0 < told["p50_ms"] <= told["p95_ms"]
    assert 0 < told["share"] < 1
    assert told["mib"] > 0
    assert ("voiceprint" in told["models"]) == (sense is Modality.VOICE)
    assert ("occupancy" in told["models"]) == (sense is Modality.THERMAL)


def test_a_model_is_measured_without_the_library_that_runs_it() -> None:
    told = figures_of("bench.one_model", "care_sound")
    assert 0 < told["p50_ms"] <= told["p95_ms"]
    # The library alone takes more than 20.
    assert 0 < told["mib"] < 20


def test_a_shortened_visit_is_looked_at_as_large_a_share_of_it_as_an_hour() -> None:
    hour, short = look_times_ms(HOUR_MS), look_times_ms(VISIT_MS)
    assert len(short) / VISIT_MS == pytest.approx(len(hour) / HOUR_MS, rel=0.01)
    assert checks(HOUR_MS).check_in_s == 12.0


def test_the_appliance_is_measured_with_what_its_unit_tells_it() -> None:
    unit = settings(CONFIG / "systemd" / "carewitness-agent.service")
    told = dict(one.split("=") for name, value in unit if name == "Environment" for one in value.split())
    assert told == AS_THE_UNIT | {"PYTHONDONTWRITEBYTECODE": "1"}
