"""What is installed beside the Python that runs this, from wheels for which processor, and whether all of it loads.

Needs nothing but that Python. Exits 1 where a compiled module does not load.
"""

import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

# Pillow's window for Tk: no device has that, and nothing of ours opens it.
NEVER_LOADED = {"PIL._imagingtk"}


def main() -> int:
    """Print a line for each package."""
    packages = sorted(distributions(path=[path for path in sys.path if path.startswith(sys.prefix)]), key=_name)
    failed = 0
    for package in packages:
        modules = list(_compiled(package))
        broken = [said for module in modules if (said := _broken(module))]
        failed += len(broken)
        how = f"{len(modules)} compiled, {len(broken)} of them broken" if modules else "no compiled modules"
        print(f"{_name(package)} {package.version}: {_tag(package)}; {how}", *broken, sep="\n  ")
    print(f"{len(packages)} packages, {failed} broken modules")
    return 1 if failed else 0


def _name(package: Distribution) -> str:
    return str(package.metadata["Name"]).lower()


def _tag(package: Distribution) -> str:
    """The last tag that the package's wheel has; the most of them have one."""
    wheel = package.read_text("WHEEL") or ""
    return [line.split(": ", 1)[1] for line in wheel.splitlines() if line.startswith("Tag: ")][-1]


def _compiled(package: Distribution) -> Iterator[str]:
    """Full names of the modules of a package that are compiled; the libraries that some wheels bring are none."""
    for file in package.files or ():
        folders, name = file.parts[:-1], file.name.split(".")[0]
        if file.suffix != ".so" or name.startswith("lib") or any(folder.endswith(".libs") for folder in folders):
            continue
        # OpenCV's own module stands in for the package that it lies in.
        module = ".".join(folders if folders[-1:] == (name,) else (*folders, name))
        if module not in NEVER_LOADED:
            yield module


def _broken(module: str) -> str | None:
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - whatever a module does not load for is what is told
        return f"{module}: {error!r}"
    return None


if __name__ == "__main__":
    raise SystemExit(main())
