"""One MQTT connection of the device: opened, spoken through, and gone when it breaks.

paho keeps its queue in memory only, so nothing here is relied upon to be remembered: a broken session is thrown away,
and the outbox says what must be sent again. Runs in the caller's thread; there is no other.
"""

import time
from collections import deque

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.errors import UplinkError
from visit_record.bilingual import Words
from visit_record.broker import BrokerAddress
from visit_record.topics import Kind, Topic

ONLINE, OFFLINE = b"online", b"offline"
KEEPALIVE_S = 30
CONNECT_TIMEOUT_S = 10.0


class MqttSession:
    """A connected device: it has subscribed to its receipts and has said that it is online."""

    def __init__(self, address: BrokerAddress, agency: str, device: str) -> None:
        """Connect.

        Raises:
            UplinkError: nobody listens there, or the broker refuses.
        """
        self._address = address
        self._device = device
        self._topics = {kind: str(Topic(agency, device, kind)) for kind in Kind}
        self._received: deque[bytes] = deque()
        self._granted: bool | None = None
        self._client = self._new_client()
        self._connect()

    @property
    def alive(self) -> bool:
        """Whether the connection stands, as far as is known."""
        return self._client.is_connected()

    def publish_record(self, sealed: bytes) -> None:
        """Hand a sealed record to the broker, at least once (QoS 1)."""
        self._client.publish(self._topics[Kind.RECORD], sealed, qos=1)

    def publish_health(self, message: bytes) -> None:
        """Tell how the device fares: once at most, for the next word of it is a minute away."""
        self._client.publish(self._topics[Kind.HEALTH], message, qos=0)

    def receipts(self, wait_s: float) -> list[bytes]:
        """Receipts that arrive within ``wait_s`` seconds: returns with all that are there as soon as there are any."""
        known = len(self._received)
        self._client.loop(wait_s)
        while len(self._received) > known:
            known = len(self._received)
            self._client.loop(0)
        arrived = list(self._received)
        self._received.clear()
        return arrived

    def close(self) -> None:
        """Say that the device is offline, and go once the broker has it: one that is left at once may drop it."""
        said = self._client.publish(self._topics[Kind.STATUS], OFFLINE, qos=1, retain=True)
        taken = said.rc == mqtt.MQTT_ERR_SUCCESS
        give_up_at_s = time.monotonic() + 1.0
        while taken and self.alive and not said.is_published() and time.monotonic() < give_up_at_s:
            self._client.loop(0.05)
        self._client.disconnect()

    def _new_client(self) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, self._device, clean_session=False, protocol=mqtt.MQTTv311)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(1000)  # The outbox has its own window; paho's 20 would only delay it.
        client.will_set(self._topics[Kind.STATUS], OFFLINE, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        # And nothing else, though a broker hand it on: amqtt 0.12 tells whoever connects what everybody subscribed to.
        client.message_callback_add(self._topics[Kind.RECEIPT], self._on_receipt)
        return client

    def _connect(self) -> None:
        where = f"the broker at {self._address}"
        try:
            self._client.connect(self._address.host, self._address.port, KEEPALIVE_S)
        except (OSError, ValueError) as cause:
            raise UplinkError(
                f"{where} does not answer: {cause}; records wait in the outbox",
                f"消息代理 {self._address} 没有应答；记录留在待发箱",
            ) from cause
        give_up_at_s = time.monotonic() + CONNECT_TIMEOUT_S
        while self._granted is None:
            code = self._client.loop(0.1)
            # Whoever refuses also closes: that is told as a refusal.
            if self._granted is None and (code != mqtt.MQTT_ERR_SUCCESS or time.monotonic() > give_up_at_s):
                raise UplinkError(
                    f"{where} broke off: {mqtt.error_string(code)}; records wait in the outbox",
                    f"{self._address} 不是消息代理，或中断了连接；记录留在待发箱",
                )
        if not self._granted:
            self._client.disconnect()
            raise UplinkError(
                f"{where} refuses device {self._device}",
                f"消息代理 {self._address} 拒绝设备 {self._device}",
                Words("核对它对自己各主题的权限", "check its rights on its own topics"),
            )

    def _on_connect(
        self, client: mqtt.Client, _userdata: object, _flags: mqtt.ConnectFlags, code: ReasonCode, _properties: object
    ) -> None:
        if code.is_failure:
            self._granted = False
            return
        client.subscribe(self._topics[Kind.RECEIPT], qos=1)
        client.publish(self._topics[Kind.STATUS], ONLINE, qos=1, retain=True)

    def _on_subscribe(
        self, _client: mqtt.Client, _userdata: object, _mid: int, codes: list[ReasonCode], _properties: object
    ) -> None:
        self._granted = not any(code.is_failure for code in codes)

    def _on_receipt(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        self._received.append(bytes(message.payload))
