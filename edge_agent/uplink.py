"""The uplink: carries the outbox to the server, and empties it by signed receipts alone.

At least once: what got no receipt is sent again, at growing intervals. The broker's acknowledgement means nothing here,
since a broker may acknowledge and then lose. Bad receipts are counted by reason and change nothing. Before the server's
key is pinned no receipt could be believed: no record goes then, but status and health, by which the device is seen.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from edge_agent.errors import UplinkError
from edge_agent.identity import Identity
from edge_agent.mqtt_session import MqttSession
from edge_agent.outbox import Outbox, WaitingRecord
from visit_record.broker import BrokerAddress, parse_broker
from visit_record.errors import BrokerAddressError, RefusedError
from visit_record.receipts import Receipt, open_receipt

NOT_WAITING = "not_waiting"


@dataclass(frozen=True, slots=True)
class UplinkPace:
    """How fast records are sent, and sent again."""

    window: int = 64
    """Records on their way without a receipt, at most."""

    receipt_timeout_s: float = 5.0
    """Seconds until a record without a receipt is sent again; doubled each time."""

    longest_timeout_s: float = 60.0
    """Seconds to which that wait grows, at most."""

    reconnect_s: float = 0.5
    """Seconds between attempts to come back to a broker that went away."""


@dataclass(slots=True)
class _Sent:
    record: WaitingRecord
    timeout_s: float
    due_at_s: float


class Uplink:
    """The way to one broker, for one device. Used by one thread; connects when first drained."""

    def __init__(  # noqa: PLR0913, PLR0917 - pace and clock are for tests
        self,
        url: str,
        identity: Identity,
        outbox: Outbox,
        pace: UplinkPace = UplinkPace(),
        now_s: Callable[[], float] = time.monotonic,
        received: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing is opened yet. ``received`` is called when receipts came.

        Raises:
            UplinkError: the address is no ``mqtt://host:port``.
        """
        self._address = _parsed(url)
        self._names = identity.names
        self._server_key = identity.server_key
        self._outbox = outbox
        self._pace = pace
        self._now_s = now_s
        self._received = received
        self._session: MqttSession | None = None
        self._sent: dict[int, _Sent] = {}
        self._log = structlog.get_logger().bind(device=identity.names.device)
        self.refused_receipts: Counter[str] = Counter()

    def drain(self, timeout_s: float) -> int:
        """Send what waits until nothing does or the time is up; how many records are left.

        A broker that goes away on the way is awaited, a broker that is absent from the start is an error.

        Raises:
            UplinkError: the broker does not answer or refuses.
            OutboxError: the outbox cannot be read or written.
        """
        give_up_at_s = self._now_s() + timeout_s
        if self._session is None or not self._session.alive:
            self._open_session()
        elif self._server_key is None or not self._outbox.count():
            # Nothing is to be sent; the connection is kept all the same.
            self._take(self._session.receipts(0))
        while self._fill_window() and self._now_s() < give_up_at_s:
            self._exchange(give_up_at_s)
        return self._outbox.count()

    def publish_health(self, message: bytes) -> None:
        """Tell how the device fares, on the session that is open.

        Raises:
            UplinkError: the broker does not answer or refuses.
        """
        if self._session is None or not self._session.alive:
            self._open_session()
        if self._session is not None:
            self._session.publish_health(message)
            self._take(self._session.receipts(0))

    def close(self) -> None:
        """Say that the device is offline, and leave the broker."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_session(self) -> None:
        self._sent.clear()
        self._session = MqttSession(self._address, self._names.agency, self._names.device)

    def _fill_window(self) -> bool:
        """Track the oldest waiting records; whether there are any that may go."""
        if self._server_key is None:
            return False
        free = self._pace.window - len(self._sent)
        if free > 0:
            for record in self._outbox.pending(free, max(self._sent, default=0)):
                self._sent[record.seq] = _Sent(record, self._pace.receipt_timeout_s, self._now_s())
        return bool(self._sent)

    def _exchange(self, give_up_at_s: float) -> None:
        session = self._session
        if session is None or not session.alive:
            self._come_back(give_up_at_s)
            return
        self._publish_due(session)
        next_due_s = min(sent.due_at_s for sent in self._sent.values())
        self._take(session.receipts(max(0.0, min(next_due_s, give_up_at_s) - self._now_s())))

    def _publish_due(self, session: MqttSession) -> None:
        for sent in self._sent.values():
            if sent.due_at_s <= self._now_s():
                session.publish_record(sent.record.sealed)
                sent.due_at_s = self._now_s() + sent.timeout_s
                sent.timeout_s = min(2 * sent.timeout_s, self._pace.longest_timeout_s)

    def _take(self, tokens: Sequence[bytes]) -> None:
        receipts = [receipt for token in tokens if (receipt := self._opened(token)) is not None]
        if not receipts:
            return
        for receipt, accepted in zip(receipts, self._outbox.accept_all(receipts), strict=True):
            if accepted:
                self._sent.pop(receipt.seq, None)
            else:
                self._refuse(NOT_WAITING, seq=receipt.seq, digest=receipt.digest)
        self._received()

    def _opened(self, token: bytes) -> Receipt | None:
        if self._server_key is None:
            return None
        try:
            return open_receipt(token, self._server_key)
        except RefusedError as refusal:
            self._refuse(refusal.reason, detail=str(refusal))
            return None

    def _refuse(self, reason: str, **context: object) -> None:
        self.refused_receipts[reason] += 1
        self._log.warning("receipt_refused", reason=reason, **context)

    def _come_back(self, give_up_at_s: float) -> None:
        try:
            self._open_session()
        except UplinkError as error:
            self._log.warning("broker_away", error=str(error))
            time.sleep(max(0.0, min(self._pace.reconnect_s, give_up_at_s - self._now_s())))


def _parsed(url: str) -> BrokerAddress:
    try:
        return parse_broker(url)
    except BrokerAddressError as cause:
        raise UplinkError(str(cause), "[broker] url 不是消息代理的地址，请核对") from cause
