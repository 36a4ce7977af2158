"""What a service tells its supervisor: one datagram to the socket that it was given (sd_notify(3))."""

import socket
from dataclasses import dataclass

import structlog

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
# More time to get ready, from now on, in microseconds.
STARTING = "EXTEND_TIMEOUT_USEC=90000000"


@dataclass
class Supervisor:
    """Whoever started this program; ``address`` is its ``NOTIFY_SOCKET``, ``None`` where nobody listens."""

    address: str | None
    _deaf: bool = False

    def tell(self, state: str) -> None:
        """Say a state. That a supervisor does not hear any more is logged once: no visit ends for it."""
        if self.address is None:
            return
        # A leading @ stands for the abstract namespace, whose names begin with a zero byte (unix(7)).
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            try:
                # Its queue is short, and fills where it hangs: nobody waits for it.
                line.sendto(state.encode(), socket.MSG_DONTWAIT, address)
            except OSError as cause:
                self._note_deaf(state, cause)
            else:
                self._deaf = False

    def _note_deaf(self, state: str, cause: OSError) -> None:
        if not self._deaf:
            structlog.get_logger().error("supervisor_deaf", state=state, reason=cause.strerror)
        self._deaf = True
