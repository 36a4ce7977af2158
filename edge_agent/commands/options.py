"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

import edge_agent

INSTALLED_REGISTRY = Path(edge_agent.__file__).parent.parent / "models" / "registry.toml"

# A file that cannot be read is told in its own line, and the others are looked at all the same.
Files = Annotated[list[Path], typer.Argument(metavar="FILE", readable=False, help="要查看的文件 / files to look at")]
AsJson = Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象 / one JSON object a line")]
Registry = Annotated[
    Path,
    typer.Option("--registry", envvar="CAREWITNESS_MODELS", help="模型登记表 / the models' registry.toml"),
]
Enrolled = Annotated[
    list[Path], typer.Option("--enrol", metavar="FILE...", readable=False, help="登记用的文件 / files to enrol from")
]
Compared = Annotated[
    list[Path], typer.Option("--against", metavar="FILE...", readable=False, help="要比对的文件 / files to compare")
]
