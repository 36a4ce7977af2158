"""The broker's side of intake: a durable subscription whose messages are acknowledged only once they are stored."""

import queue
import threading
import time
from collections.abc import Callable, Iterator

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest_server.errors import BrokerError, StoreError
from ingest_server.intake.intake import Reply
from ingest_server.intake.reading import Arrival
from visit_record.broker import BrokerAddress, parse_broker
from visit_record.errors import BrokerAddressError
from visit_record.topics import Kind, all_devices

Take = Callable[[list[Arrival]], list[Reply]]
# What a device told of itself: its topic, its word, and whether the broker had kept it from before. Never blocks.
Hear = Callable[[str, bytes, bool], None]
log = structlog.get_logger()

_WORDS = (Kind.HEALTH, Kind.STATUS)
BATCH = 200
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0
ANSWER_TIMEOUT_S = 10.0
# How long nothing is taken where nothing arrives: what people did meanwhile is in no ledger yet.
QUIET_S = 20.0


class IntakeSubscription:
    """Reads records off the broker in batches, hands them to ``take``, publishes the receipts, then acknowledges.

    Where nothing arrives ``take`` gets an empty batch every ``quiet_s``, and one at the end. ``hear`` gets what devices
    tell of themselves, at once and unacknowledged; a broker that refuses to tell it is warned of, and records come.

    Killed at any moment, what was not acknowledged is sent again by the broker; what a broker loses, the device sends
    again, since it got no receipt.
    """

    def __init__(self, broker_url: str, client_id: str, take: Take, hear: Hear, quiet_s: float = QUIET_S) -> None:
        """Prepare; nothing is opened yet.

        Raises:
            BrokerError: ``broker_url`` is no ``mqtt://host:port``.
        """
        self._broker = _parsed(broker_url)
        self._take = take
        self._hear = hear
        self._quiet_s = quiet_s
        # Bounded, so that a flood waits in the broker and not in our memory.
        self._arrived: queue.Queue[MQTTMessage] = queue.Queue(maxsize=4 * BATCH)
        self._stopping = threading.Event()
        self._answered = threading.Event()
        self._refusal: str | None = None
        self._words_granted = False
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, protocol=MQTTv311, manual_ack=True
        )
        self._client.max_queued_messages_set(0)
        self._client.max_inflight_messages_set(BATCH)
        self._client.reconnect_delay_set(1, int(LONGEST_RETRY_S))
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._arrive
        for kind in _WORDS:
            self._client.message_callback_add(all_devices(kind), self._overhear)

    @property
    def connected(self) -> bool:
        """Whether records can arrive: a connection, and a subscription that the broker granted."""
        return self._client.is_connected() and self._answered.is_set() and self._refusal is None

    @property
    def hears(self) -> bool:
        """Whether what devices tell of themselves can arrive too."""
        return self.connected and self._words_granted

    def connect(self) -> None:
        """Open the connection, which then keeps itself.

        Raises:
            BrokerError: no broker is there, or it refuses us.
        """
        try:
            self._client.connect(self._broker.host, self._broker.port, keepalive=30)
        except OSError as cause:
            raise BrokerError(f"no broker at {self._broker}: {cause}; start one or name another") from cause
        self._client.loop_start()
        if not self._answered.wait(ANSWER_TIMEOUT_S):
            self._refusal = f"no answer within {ANSWER_TIMEOUT_S:.0f} s"
        if self._refusal is not None:
            self._client.loop_stop()
            raise BrokerError(f"the broker at {self._broker} does not let intake in: {self._refusal}")

    def run(self) -> None:
        """Take batches until :meth:`stop`."""
        for batch in self._batches():
            self._settle(batch)
        self._client.disconnect()
        self._client.loop_stop()

    def stop(self) -> None:
        """End :meth:`run` after the batch in hand."""
        self._stopping.set()

    def _subscribe(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._answer(str(reason))
            return
        # Words at most once, QoS 0: what is missed is told again, and nothing of it waits in the broker for us.
        client.subscribe([(all_devices(Kind.RECORD), 1), *((all_devices(kind), 0) for kind in _WORDS)])

    def _subscribed(
        self, _client: Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        # A broker's access list answers here, and nowhere else: unheard, it would look like a quiet day.
        refused = [kind for kind, reason in zip(_WORDS, reasons[1:], strict=False) if reason.is_failure]
        for kind in refused:
            log.warning("broker does not tell how devices fare; let this server read it", kind=kind.value)
        self._words_granted = not refused
        self._answer(f"subscription refused: {reasons[0]}" if reasons[0].is_failure else None)

    def _answer(self, refusal: str | None) -> None:
        self._refusal = refusal
        self._answered.set()
        if refusal is None:
            log.info("intake connected", broker=str(self._broker))
        else:
            log.error("broker refuses the intake", reason=refusal)

    def _disconnected(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self._stopping.is_set():
            self._answered.clear()
            log.warning("intake disconnected, coming back", broker=str(self._broker), reason=str(reason))

    def _overhear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._hear(_topic(message), bytes(message.payload), message.retain)

    def _arrive(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        while not self._stopping.is_set():
            try:
                self._arrived.put(message, timeout=1.0)
                return
            except queue.Full:
                continue

    def _batches(self) -> Iterator[list[MQTTMessage]]:
        taken_at_s = time.monotonic()
        while not self._stopping.is_set():
            batch = self._waiting()
            if batch or time.monotonic() - taken_at_s >= self._quiet_s:
                yield batch
                taken_at_s = time.monotonic()
        yield []

    def _waiting(self) -> list[MQTTMessage]:
        try:
            batch = [self._arrived.get(timeout=0.2)]
        except queue.Empty:
            return []
        while len(batch) < BATCH and not self._arrived.empty():
            batch.append(self._arrived.get_nowait())
        return batch

    def _settle(self, batch: list[MQTTMessage]) -> None:
        replies = self._take_until_stored([Arrival(_topic(message), bytes(message.payload)) for message in batch])
        if replies is None:
            return
        for reply in replies:
            self._client.publish(reply.topic, reply.receipt, qos=1)
        for message in batch:
            self._client.ack(message.mid, message.qos)

    def _take_until_stored(self, arrivals: list[Arrival]) -> list[Reply] | None:
        """Keep a batch through a full disk or a locked database; ``None`` when stopped before it could be stored."""
        wait_s = FIRST_RETRY_S
        while True:
            try:
                return self._take(arrivals)
            except StoreError as failure:
                log.error("batch not stored, trying again", records=len(arrivals), wait_s=wait_s, detail=str(failure))
            if self._stopping.wait(wait_s):
                return None
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)


def _topic(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:  # a broker that lets such a topic through; no device of ours has one
        return ""


def _parsed(url: str) -> BrokerAddress:
    try:
        return parse_broker(url)
    except BrokerAddressError as cause:
        raise BrokerError(str(cause)) from cause
