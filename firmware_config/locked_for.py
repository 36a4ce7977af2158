"""What a lock holds for one Python on one machine: its markers answered, for a pip that runs elsewhere.

pip asks itself which Python it is, not which it was told to gather for::

    python locked_for.py requirements/edge.lock 3.13 aarch64 > edge.txt
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker

# A requirement, and the lines of its hashes below it.
REQUIREMENT = re.compile(r"^\S.*(?:\n[ \t].*)*", re.MULTILINE)


def locked_for(lock: str, python: str, machine: str) -> Iterator[str]:
    """The requirements of a lock that hold for a CPython on Linux, without their markers."""
    place = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    for requirement in REQUIREMENT.findall(lock):
        first, *hashes = requirement.split("\n")
        package, _, marker = first.rstrip(" \\").partition(" ; ")
        if not marker or Marker(marker).evaluate(place):
            yield "\n".join([f"{package} \\", *hashes])


if __name__ == "__main__":
    sys.stdout.write("\n".join(locked_for(Path(sys.argv[1]).read_text("utf-8"), *sys.argv[2:])) + "\n")
