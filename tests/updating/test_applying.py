"""Releases onto a shelf of real files: whole, hash-checked, in one step; forged, altered and older ones are refused."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.errors import UpdateError
from edge_agent.pulse import Alive
from edge_agent.updating.manifest import ReleaseFile
from edge_agent.updating.occasion import Occasion
from edge_agent.updating.shelf import Link, Shelf
from edge_agent.updating.sources import FolderSource, WebSource, source_of
from edge_agent.updating.trial import Moment, Patience
from edge_agent.updating.trying import Outcome, Trials
from edge_agent.updating.updater import Standing, Updater
from tests.appliance.brokers import CONFIG
from tests.pulling.mirror import Mirror
from tests.updating.editions import KEY, Published, published
from visit_record.keys import thumbprint

NOW, PATIENCE = Moment("boot", 1_000_000), Patience()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "releases")


@pytest.fixture
def updater(shelf: Shelf) -> Updater:
    # Environments of their own are the part of test_releases_run: here it is files and links.
    return Updater(shelf, KEY.public_key(), build=lambda _folder: None)


def apply(updater: Updater, release: Published, alive: Alive | None = None) -> Outcome:
    return updater.apply(FolderSource(release.folder), occasion(alive))[1]


def occasion(alive: Alive | None = None) -> Occasion:
    """A device whose agent says the same for ever, at a moment that stays."""
    return Occasion(lambda: NOW, lambda: alive, lambda: False)


@contextmanager
def refused(shelf: Shelf, *words: str) -> Iterator[pytest.ExceptionInfo[UpdateError]]:
    """What the block applies is refused with these words, and what runs is what ran."""
    before = [shelf.name(link) for link in Link]
    with pytest.raises(UpdateError) as error:
        yield error
    assert all(word in str(error.value) for word in words), error.value
    assert [shelf.name(link) for link in Link] == before


def test_the_first_release_runs_at_once_and_is_proven(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    release = published(tmp_path / "one", 1, extra={"models/a.onnx": b"weights"})
    assert apply(updater, release) is Outcome.SWITCHED
    assert (shelf.name(Link.CURRENT), shelf.name(Link.PROVEN)) == ("1-0.1.0", "1-0.1.0")
    assert (shelf.root / "current" / "models" / "a.onnx").read_bytes() == b"weights"
    assert Trials(shelf).judge(None, NOW, PATIENCE) is Outcome.NOTHING_ON_TRIAL


def test_a_newer_release_runs_on_trial_beside_the_proven_one(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    assert apply(updater, published(tmp_path / "two", 2, "0.2.0")) is Outcome.SWITCHED
    assert [shelf.name(link) for link in Link] == ["2-0.2.0", "1-0.1.0", None]
    # The unit of the judge waits for this file.
    assert (shelf.root / "trial.json").is_file()
    unit = CONFIG / "systemd" / "carewitness-judge.service"
    assert "ConditionPathExists=/var/lib/carewitness/releases/trial.json" in unit.read_text("utf-8")
    assert Trials(shelf).judge(None, NOW, PATIENCE) is Outcome.ON_TRIAL


def test_a_healthy_release_is_confirmed_and_the_one_before_is_kept(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    apply(updater, published(tmp_path / "one", 1))
    apply(updater, published(tmp_path / "two", 2, "0.2.0"))
    program = str((shelf.folder("2-0.2.0") / "venv").resolve())
    alive = Alive(program, NOW.now_ms + 5_000, NOW.now_ms + 66_000, visit=False)
    later = replace_ms(NOW, NOW.now_ms + 66_500)
    assert Trials(shelf).judge(alive, later, PATIENCE) is Outcome.CONFIRMED
    assert [shelf.name(link) for link in Link] == ["2-0.2.0", "2-0.2.0", "1-0.1.0"]
    assert Trials(shelf).rollback(later) is Outcome.ROLLED_BACK
    assert shelf.name(Link.CURRENT) == shelf.name(Link.PROVEN) == "1-0.1.0"


def test_a_release_that_does_not_come_up_is_taken_back_and_not_tried_again(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    apply(updater, published(tmp_path / "one", 1))
    two = published(tmp_path / "two", 2, "0.2.0")
    apply(updater, two)
    late = replace_ms(NOW, NOW.now_ms + PATIENCE.deadline_ms + 1)
    assert Trials(shelf).judge(None, late, PATIENCE) is Outcome.ROLLED_BACK
    assert shelf.name(Link.CURRENT) == "1-0.1.0"
    assert updater.standing(FolderSource(two.folder))[1] is Standing.FAILED
    assert apply(updater, two) is Outcome.FAILED_BEFORE
    assert shelf.name(Link.CURRENT) == "1-0.1.0"
    assert apply(updater, published(tmp_path / "three", 3, "0.2.1")) is Outcome.SWITCHED


def test_a_release_that_takes_the_machine_down_again_and_again_is_taken_back(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    apply(updater, published(tmp_path / "one", 1))
    apply(updater, published(tmp_path / "two", 2))
    outcomes = [Trials(shelf).judge(None, Moment(f"boot {n}", 9_000), PATIENCE) for n in range(3)]
    assert outcomes == [Outcome.ON_TRIAL, Outcome.ON_TRIAL, Outcome.ROLLED_BACK]


def test_a_downgrade_is_refused(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "five", 5, "0.5.0"))
    with refused(shelf, "4-0.6.0", "downgrade"):
        apply(updater, published(tmp_path / "four", 4, "0.6.0"))


def test_a_downgrade_below_a_release_that_was_taken_back_is_refused(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    apply(updater, published(tmp_path / "one", 1))
    apply(updater, published(tmp_path / "three", 3))
    Trials(shelf).rollback(NOW)
    with refused(shelf, "2-0.1.0", "downgrade"):
        apply(updater, published(tmp_path / "two", 2))


def test_a_second_release_under_one_number_is_refused(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    two = published(tmp_path / "two", 2)
    visiting = Alive("anything", 0, NOW.now_ms, visit=True)
    assert apply(updater, two, visiting) is Outcome.VISIT_UNDER_WAY
    with refused(shelf, "another release is here as number 2"):
        apply(updater, published(tmp_path / "other two", 2, "0.1.1"))


def test_a_forged_manifest_changes_nothing(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    with refused(shelf, "unknown_key", "nothing of it is used"):
        apply(updater, published(tmp_path / "two", 2, key=Ed25519PrivateKey.generate()))
    assert shelf.names() == ["1-0.1.0"]


def test_a_stranger_s_release_is_told_with_both_keys_and_what_to_do(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    stranger = Ed25519PrivateKey.generate()
    named, trusted = (thumbprint(key.public_key()) for key in (stranger, KEY))
    with refused(
        shelf,
        f"sealed by the key {named!r}, and {trusted!r} is trusted here",
        "Ask whoever made it",
        "give its release.jwk.json by --key",
    ) as error:
        apply(updater, published(tmp_path / "one", 1, key=stranger))
    assert "device has the key" not in str(error.value)
    assert "版本由另一个密钥签名，什么都没有用：问做这个版本的人" in error.value.said.zh
    settings = (CONFIG / "appliance.env").read_text("utf-8")
    assert "\nCAREWITNESS_RELEASE_KEY=" in settings


def test_a_half_written_manifest_changes_nothing(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    two = published(tmp_path / "two", 2)
    manifest = two.folder / "release.jws"
    manifest.write_bytes(manifest.read_bytes()[:200])
    with refused(shelf, "malformed", "must be whole") as error:
        apply(updater, two)
    assert "版本的清单不能用" in error.value.said.zh


def test_an_altered_file_is_found_before_anything_runs(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    two = published(tmp_path / "two", 2, extra={"models/a.onnx": b"weights"})
    (two.folder / "models" / "a.onnx").write_bytes(b"Weights")
    with refused(shelf, "models/a.onnx", "is not the file that the manifest names"):
        apply(updater, two)
    assert shelf.names() == ["1-0.1.0"]


@pytest.mark.parametrize("length", [3, 70])
def test_a_file_of_another_length_is_refused(tmp_path: Path, updater: Updater, shelf: Shelf, length: int) -> None:
    two = published(tmp_path / "two", 2, extra={"models/a.onnx": b"weights"})
    (two.folder / "models" / "a.onnx").write_bytes(b"w" * length)
    with refused(shelf, "models/a.onnx"):
        apply(updater, two)


def test_a_missing_file_is_named(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    two = published(tmp_path / "two", 2, extra={"models/a.onnx": b"weights"})
    (two.folder / "models" / "a.onnx").unlink()
    with refused(shelf, "models/a.onnx", "No such file"):
        apply(updater, two)


def test_what_was_altered_after_it_was_staged_is_found_before_the_switch(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    apply(updater, published(tmp_path / "one", 1))
    two = published(tmp_path / "two", 2, extra={"models/a.onnx": b"weights"})
    apply(updater, two, Alive("anything", 0, NOW.now_ms, visit=True))
    (shelf.folder("2-0.1.0") / "models" / "a.onnx").write_bytes(b"Weights")
    with refused(shelf, "was altered after it was checked"):
        apply(updater, two)


def test_no_visit_is_cut_by_an_update(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    two = published(tmp_path / "two", 2)
    assert apply(updater, two, Alive("anything", 0, NOW.now_ms - 40_000, visit=True)) is Outcome.VISIT_UNDER_WAY
    assert shelf.name(Link.CURRENT) == "1-0.1.0"
    # A program that died in a visit holds nothing up for ever.
    assert apply(updater, two, Alive("anything", 0, NOW.now_ms - 80_000, visit=True)) is Outcome.SWITCHED


@dataclass
class Minutes:
    """A device on which time passes while a release is built, and again with each pause; a visit lasts from - to."""

    visit: range
    now_ms: int = NOW.now_ms

    def occasion(self, wait_ms: int) -> Occasion:
        return Occasion(self.moment, self._alive, lambda: False, wait_ms, lambda: self.pass_by(1))

    def moment(self) -> Moment:
        return replace_ms(NOW, self.now_ms)

    def pass_by(self, minutes: int) -> None:
        self.now_ms += 60_000 * minutes

    def _alive(self) -> Alive:
        return Alive("anything", 0, self.now_ms, visit=(self.now_ms - NOW.now_ms) // 60_000 in self.visit)


WAITS = {
    "a visit that begins while it is built, and ends in time": (range(2, 9), Outcome.SWITCHED, 9),
    "a visit that goes on": (range(2, 99), Outcome.VISIT_UNDER_WAY, None),
    "no visit": (range(0), Outcome.SWITCHED, 6),
}


@pytest.mark.parametrize("case", WAITS)
def test_a_visit_that_begins_while_a_release_is_built_is_waited_for_and_the_trial_counts_from_the_switch(
    tmp_path: Path, shelf: Shelf, case: str
) -> None:
    visit, outcome, switched_after = WAITS[case]
    device = Minutes(visit)
    apply(Updater(shelf, KEY.public_key(), build=lambda _: None), published(tmp_path / "one", 1))
    slow = Updater(shelf, KEY.public_key(), build=lambda _: device.pass_by(6))
    two = published(tmp_path / "two", 2)
    assert slow.apply(FolderSource(two.folder), device.occasion(wait_ms=10 * 60_000))[1] is outcome
    if switched_after is None:
        assert shelf.name(Link.CURRENT) == "1-0.1.0"
        return
    # The whole of its five minutes is before it, however long it took to fetch and build.
    switched_ms = NOW.now_ms + 60_000 * switched_after
    last, late = (replace_ms(NOW, switched_ms + PATIENCE.deadline_ms + more) for more in (0, 1))
    assert Trials(shelf).judge(None, last, PATIENCE) is Outcome.ON_TRIAL
    assert Trials(shelf).judge(None, late, PATIENCE) is Outcome.ROLLED_BACK


def test_a_self_test_is_not_cut_by_an_update(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    source = FolderSource(published(tmp_path / "two", 2).folder)
    looked_at = Occasion(lambda: NOW, lambda: None, lambda: True)
    assert updater.apply(source, looked_at)[1] is Outcome.SELFTEST_UNDER_WAY
    assert shelf.name(Link.CURRENT) == "1-0.1.0"


def test_nothing_newer_is_taken_while_a_release_is_on_trial(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    apply(updater, published(tmp_path / "two", 2))
    with refused(shelf, "2-0.1.0 is on trial"):
        apply(updater, published(tmp_path / "three", 3))
    assert apply(updater, Published(tmp_path / "two", updater.standing(FolderSource(tmp_path / "two"))[0])) is (
        Outcome.RUNNING
    )


def test_a_release_for_another_machine_is_refused(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    with refused(shelf, "is for riscv64"):
        apply(updater, published(tmp_path / "one", 1, machine="riscv64"))


def test_old_releases_leave_room_and_what_may_be_gone_back_to_stays(
    tmp_path: Path, updater: Updater, shelf: Shelf
) -> None:
    for sequence in range(1, 5):
        apply(updater, published(tmp_path / str(sequence), sequence))
        Trials(shelf).confirm(NOW)
    assert shelf.names() == ["2-0.1.0", "3-0.1.0", "4-0.1.0"]


def test_a_file_that_is_here_already_is_not_brought_again(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    model = {"models/a.onnx": b"weights" * 1000}
    apply(updater, published(tmp_path / "one", 1, extra=model))
    two = published(tmp_path / "two", 2, extra=model)
    fetched = Recording(FolderSource(two.folder))
    updater.apply(fetched, occasion())
    assert "models/a.onnx" not in fetched.paths
    assert (shelf.root / "current" / "models" / "a.onnx").read_bytes() == model["models/a.onnx"]


def test_a_broken_transfer_goes_on_where_it_ended(tmp_path: Path, updater: Updater) -> None:
    one = published(tmp_path / "one", 1, extra={"models/a.onnx": b"weights"})
    with pytest.raises(UpdateError, match="the line broke"):
        updater.apply(Recording(FolderSource(one.folder), breaks_at="models/a.onnx"), occasion())
    again = Recording(FolderSource(one.folder))
    assert updater.apply(again, occasion())[1] is Outcome.SWITCHED
    assert "models/a.onnx" in again.paths
    assert "build.lock" not in again.paths


def test_what_an_older_attempt_left_is_no_part_of_the_release(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    left = shelf.part("1-0.1.0") / "wheels" / "carewitness-0.0.9-py3-none-any.whl"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of another manifest under this name")
    apply(updater, published(tmp_path / "one", 1))
    assert not (shelf.root / "current" / "wheels" / left.name).exists()


def test_a_release_comes_over_http_and_a_cut_line_is_taken_up(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    one = published(tmp_path / "one", 1, extra={"models/a.onnx": bytes(range(256)) * 2000})
    files = {place.name: place.read_bytes() for place in one.folder.rglob("*") if place.is_file()}
    with Mirror(files) as mirror:
        source = source_of(mirror.url)
        assert isinstance(source, WebSource)
        # The manifest and two locks come whole, then the model's line breaks.
        mirror.cut_after += [10**6, 10**6, 10**6, 5_000]
        assert updater.apply(source, occasion())[1] is Outcome.SWITCHED
        assert (shelf.root / "current" / "models" / "a.onnx").read_bytes() == files["a.onnx"]
    assert "bytes=5000-" in mirror.asked


def test_an_address_that_anybody_could_read_is_refused() -> None:
    with pytest.raises(UpdateError, match="https"):
        source_of("http://updates.example.org/carewitness")


def test_going_back_without_an_earlier_release_is_an_error(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    apply(updater, published(tmp_path / "one", 1))
    with refused(shelf, "no earlier release"):
        Trials(shelf).rollback(NOW)


def test_a_link_that_leads_elsewhere_is_an_error(shelf: Shelf) -> None:
    shelf.root.mkdir()
    (shelf.root / "current").symlink_to("/usr/bin")
    with pytest.raises(UpdateError, match="which is no release"):
        shelf.name(Link.CURRENT)


def replace_ms(moment: Moment, now_ms: int) -> Moment:
    return Moment(moment.boot, now_ms)


class Recording:
    """A source that remembers what was asked of it, and breaks off where it is told."""

    def __init__(self, source: FolderSource, breaks_at: str | None = None) -> None:
        self._source, self._breaks_at = source, breaks_at
        self.paths: list[str] = []

    def manifest(self) -> bytes:
        return self._source.manifest()

    def fetch(self, file: ReleaseFile, target: Path) -> None:
        self.paths.append(file.path)
        if file.path == self._breaks_at:
            target.write_bytes(b"wei")
            raise UpdateError("the line broke", "连接中断")
        self._source.fetch(file, target)


LOSSES: Mapping[str, Callable[[Path], object]] = {
    "altered": lambda model: model.write_bytes(b"another"),
    "cut short": lambda model: model.write_bytes(b""),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("case", LOSSES)
def test_the_release_that_runs_has_what_it_lost_put_back(
    tmp_path: Path, updater: Updater, shelf: Shelf, case: str
) -> None:
    release = published(tmp_path / "one", 1, extra={"models/a.onnx": b"weights"})
    apply(updater, release)
    model = shelf.root / "current" / "models" / "a.onnx"
    LOSSES[case](model)
    assert apply(updater, release) is Outcome.MENDED
    assert [place.name for place in model.parent.iterdir()] == ["a.onnx"]
    assert model.read_bytes() == b"weights"
    assert apply(updater, release) is Outcome.RUNNING


def test_what_runs_is_not_mended_with_another_file(tmp_path: Path, updater: Updater, shelf: Shelf) -> None:
    release = published(tmp_path / "one", 1, extra={"models/a.onnx": b"weights"})
    apply(updater, release)
    model = shelf.root / "current" / "models" / "a.onnx"
    model.write_bytes(b"another")
    (release.folder / "models" / "a.onnx").write_bytes(b"wEights")
    with refused(shelf, "models/a.onnx is not the file that the manifest names"):
        apply(updater, release)
    assert model.read_bytes() == b"another"
    twin = published(tmp_path / "twin", 1, extra={"models/a.onnx": b"heavier"})
    with refused(shelf, "another release is here as number 1"):
        apply(updater, twin)
