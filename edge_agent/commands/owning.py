"""Who may run a command that writes in a device's folder."""

import os
from pathlib import Path

import typer

from edge_agent.errors import SettingsError


def refuse_anothers_folder(folder: Path) -> None:
    """Files that root makes in the device's folder would lock its own program out of it.

    Raises:
        BadParameter: root runs this, and the folder is somebody else's.
    """
    try:
        owner = folder.stat().st_uid
    except OSError:
        # The command says what is wrong with it.
        return
    if os.geteuid() == 0 != owner:
        raise typer.BadParameter(
            f"请以文件夹属主的身份运行 / run it as the folder's owner: sudo -u '#{owner}' edge-agent …"
        )


def refuse_anothers_settings(settings: Path) -> None:
    """The same, of the folder that settings name.

    Raises:
        BadParameter: as :func:`refuse_anothers_folder`.
    """
    from edge_agent.settings_file import read_settings

    try:
        folder = read_settings(settings).folder
    except SettingsError:
        # The command says what is wrong with them.
        return
    refuse_anothers_folder(folder)
