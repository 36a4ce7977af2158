"""Words that the server keeps of people and devices, as tables, questions and pages all have them."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for."""

    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Deed(StrEnum):
    """What somebody did, or was refused."""

    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    READ = "read"
    DECIDE = "decide"
    EXPORT = "export"
    MANAGE = "manage"
    SAVE = "save"


class DeviceState(StrEnum):
    """Whether a device's records are taken."""

    ACTIVE = "active"
    REVOKED = "revoked"
