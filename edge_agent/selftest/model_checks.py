"""The models: each file as the registry has it, loaded, and answering on a small input."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from edge_agent.errors import ModelError
from edge_agent.perception.model_store import ModelStore
from edge_agent.selftest.finding import Finding, Step, failed, not_fitted, passed
from visit_record.bilingual import Words

if TYPE_CHECKING:
    import onnxruntime as ort

ONNX = ".onnx"
# What stands for a number that a model lets us choose.
_ONE = 1
_KINDS: Mapping[str, type[Any]] = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(uint8)": np.uint8}
_RATE_HZ = 16_000
_SMALL_PICTURE = (240, 320, 3)


def _reinstall(cure: Words) -> Words:
    return Words(
        "补回这个版本的文件：sudo carewitness-update apply --from /mnt/release，再重新启动设备；它只说正在使用时，"
        f"请以更高的序号发布；在源码中：{cure.zh}",
        "put the release's files back: sudo carewitness-update apply --from /mnt/release, and restart the device; "
        f"where it only says running already have it published under a higher sequence; in a source tree: {cure.en}",
    )


@dataclass(frozen=True)
class RegistryCheck:
    """A registry that cannot be read: no model can then be looked at."""

    error: ModelError
    step: ClassVar[Step] = Step.MODELS
    subject: ClassVar[str] = "registry"

    def look(self) -> Finding:
        """What is wrong with it."""
        command = "git checkout models/registry.toml"
        so, remedy = self.error.so, _reinstall(Words(command, command))
        return failed(f"模型登记表不可用：{so.zh}", f"the registry cannot be used: {so.en}", remedy)


@dataclass(frozen=True)
class ModelCheck:
    """One model of the registry. ``subject`` is its role."""

    store: ModelStore
    subject: str
    step: ClassVar[Step] = Step.MODELS

    def look(self) -> Finding:
        """Its hash, and how long it takes over nothing at all."""
        entry = self.store.entries[self.subject]
        if entry.public is not None and not self.store.holds(self.subject):
            return _not_pulled(self.subject)
        try:
            if not entry.file.endswith(ONNX):
                self.store.require(self.subject)
                return passed("文件在，哈希一致", "the file is there, its hash as pinned")
            answered_ms = answers_in_ms(self.store.session(self.subject))
        except ModelError as error:
            return failed(
                f"模型不可用：{error.so.zh}", f"the model cannot be used: {error.so.en}", _reinstall(entry.cure)
            )
        return passed(
            f"哈希一致，{answered_ms:.1f} 毫秒得出结果",
            f"its hash is as pinned; it answers in {answered_ms:.1f} ms",
            {"answers_ms": round(answered_ms, 2)},
        )


@dataclass(frozen=True)
class FaceEngineCheck:
    """What finds faces: loaded as a visit loads it, and shown a grey picture."""

    store: ModelStore
    step: ClassVar[Step] = Step.MODELS
    subject: ClassVar[str] = "face_engine"

    def look(self) -> Finding:
        """How long it takes to find nobody."""
        from edge_agent.perception.face_choice import open_face_engine

        try:
            engine = open_face_engine(self.store)
        except ModelError as error:
            remedy = _reinstall(Words("make setup", "make setup"))
            return failed(f"人脸程序不可用：{error.so.zh}", f"the face engine cannot be used: {error.so.en}", remedy)
        picture = np.full(_SMALL_PICTURE, 128, np.uint8)
        engine.boxes(picture)
        began_s = time.perf_counter()
        engine.boxes(picture)
        took_ms = 1000 * (time.perf_counter() - began_s)
        return passed(
            f"可用，{took_ms:.0f} 毫秒一幅", f"works, {took_ms:.0f} ms a picture", {"answers_ms": round(took_ms, 1)}
        )


def model_checks(store: ModelStore) -> Iterator[ModelCheck | FaceEngineCheck]:
    """A check for each model of the registry, and one for what finds faces with them."""
    yield from (ModelCheck(store, role) for role in store.entries)
    yield FaceEngineCheck(store)


def answers_in_ms(session: "ort.InferenceSession") -> float:
    """How long a session takes over zeros, once it has warmed up.

    Raises:
        ModelError: it does not answer.
    """
    asked = {one.name: _nothing(one) for one in session.get_inputs()}
    try:
        session.run(None, asked)
        began_s = time.perf_counter()
        session.run(None, asked)
    except Exception as cause:  # ONNX Runtime raises classes of its own, whose base is Exception.
        raise ModelError(f"it does not answer: {cause}", "没有得出结果，详情见英文") from cause
    return 1000 * (time.perf_counter() - began_s)


def _nothing(asked: "ort.NodeArg") -> Any:  # noqa: ANN401 - an array of any kind
    """Zeros of the input's shape; a whole number by itself is a rate."""
    shape = [side if isinstance(side, int) else _ONE for side in asked.shape]
    kind = _KINDS.get(asked.type, np.float32)
    return np.full(shape, _RATE_HZ, kind) if kind is np.int64 and not shape else np.zeros(shape, kind)


def _not_pulled(role: str) -> Finding:
    return not_fitted(
        f"公开模型，没有下载；设备上随版本而来，在源码中：edge-agent models pull {role}",
        f"a public model that was not pulled; it comes with a release; in a source tree: edge-agent models pull {role}",
    )
