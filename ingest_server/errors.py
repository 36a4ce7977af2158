"""Errors of the server, each saying what an operator can do.

ServerError
├── StoreError         the database cannot be opened, written or read
│   ├── AlteredRecordError  a stored record is no longer what was received
│   ├── AlteredTrailError   the audit trail is no longer what was entered
│   └── UnreadableVerdictError  a stored verdict is missing, or is none
├── EnrolmentError     a device, person or account cannot be entered as asked
├── CalibrationError   a calibration table is refused, with its row named
├── RulesError         a rule set or a threshold is refused, with the rule named, or out of turn
├── TariffError        a tariff is refused, with its rate named
├── RegistryError      a list of recipients is refused, with its line named
├── NoVisitsError      no stored visit is what was asked for
├── CaseError          a step of a case is out of turn, lacks what it needs, or is not this person's to take
│   └── ChangedMeanwhileError  somebody else took a step since the case was read
├── BrokerError        the broker cannot be reached
└── AddressInUseError  another program listens there already
"""


class ServerError(Exception):
    """Base of all errors that the server's code raises on purpose."""


class StoreError(ServerError):
    """The database cannot be opened, written or read."""


class AlteredRecordError(StoreError):
    """A stored record is no longer what was received."""


class AlteredTrailError(StoreError):
    """The audit trail is no longer what was entered."""


class UnreadableVerdictError(StoreError):
    """A stored verdict is missing, or is none."""


class EnrolmentError(ServerError):
    """A device, person or account cannot be entered as asked."""


class CalibrationError(ServerError):
    """A calibration table is refused, with its row named."""


class RulesError(ServerError):
    """A rule set or a threshold is refused, with the rule named; or a step of its life is out of turn."""


class TariffError(ServerError):
    """A tariff is refused, with its rate named."""


class RegistryError(ServerError):
    """A list of recipients is refused, with its line named."""


class NoVisitsError(ServerError):
    """No stored visit is what was asked for."""


class CaseError(ServerError):
    """A step of a case is out of turn, lacks what it needs, or is not this person's to take."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(f"{message_zh} · {message}")
        self.en, self.zh = message, message_zh


class ChangedMeanwhileError(CaseError):
    """Somebody else took a step since the case was read; nothing was written."""


class BrokerError(ServerError):
    """The broker cannot be reached."""


class AddressInUseError(ServerError):
    """Another program listens there already."""
