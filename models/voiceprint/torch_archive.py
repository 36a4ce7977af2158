"""Read the tensors of a PyTorch archive of the old format without torch.

The old format is five pickles (magic number, protocol, system, object, storage keys) and then each storage as a
little-endian int64 length and raw values. Unpickling can run code, so the unpickler here knows four names and refuses
all others.
"""

import collections
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001


class ArchiveError(Exception):
    """The file is not an archive of the old PyTorch format, or holds what is not allowed."""


@dataclass(frozen=True)
class _Tensor:
    """A view into a storage, counted in values."""

    storage: str
    offset: int
    shape: tuple[int, ...]


def read_tensors(path: Path, part: str) -> dict[str, NDArray[np.float32]]:
    """Tensors by name of one part (``model_state``) of a checkpoint; those that are not float32 are left out.

    Raises:
        ArchiveError: the file cannot be read, is no such archive, or its pickle asks for anything but tensors.
    """
    try:
        with path.open("rb") as file:
            checkpoint = _read_header(file)
            storages = _read_storages(file)
        return {name: _cut(tensor, storages) for name, tensor in checkpoint[part].items()}
    except ArchiveError:
        raise
    except (OSError, pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError, AttributeError) as cause:
        raise ArchiveError(f"{path} is not a readable PyTorch archive of the old format: {cause}") from cause


def _read_header(file: BinaryIO) -> dict[str, dict[str, _Tensor]]:
    if _TensorUnpickler(file).load() != MAGIC or _TensorUnpickler(file).load() != PROTOCOL:
        raise ArchiveError(f"{file.name} is not a PyTorch archive of the old format")
    _TensorUnpickler(file).load()
    checkpoint: dict[str, dict[str, _Tensor]] = _TensorUnpickler(file).load()
    return checkpoint


def _read_storages(file: BinaryIO) -> dict[str, NDArray[np.float32]]:
    """Storages in float32; others would be misread, but none of the wheel's weights is of another type."""
    storages = {}
    for key in _TensorUnpickler(file).load():
        length = int.from_bytes(file.read(8), "little")
        content = file.read(4 * length)
        if len(content) != 4 * length:
            raise ArchiveError(f"{file.name} is cut short")
        storages[str(key)] = np.frombuffer(content, "<f4")
    return storages


def _cut(tensor: _Tensor, storages: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    size = int(np.prod(tensor.shape))
    return storages[tensor.storage][tensor.offset : tensor.offset + size].reshape(tensor.shape)


def _rebuild(storage: str, offset: int, shape: tuple[int, ...], *_: object) -> _Tensor:
    return _Tensor(storage, offset, shape)


class _TensorUnpickler(pickle.Unpickler):
    ALLOWED: ClassVar[dict[tuple[str, str], Any]] = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
        ("torch", "FloatStorage"): "float32",
    }

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        if (module, name) not in self.ALLOWED:
            raise ArchiveError(f"the archive asks for {module}.{name}, which no weights need")
        return self.ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> str:  # noqa: ANN401
        kind, _type, key = pid[:3]
        if kind != "storage":
            raise ArchiveError(f"the archive refers to a {kind}, not to a storage")
        return str(key)
