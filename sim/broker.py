"""`python -m sim.broker PORT`: an MQTT broker for demo and tests, on loopback, until it is told to stop.

What it holds is in memory and dies with it; a real installation uses Mosquitto.
"""

import asyncio
import signal
import sys
from collections.abc import Iterator
from typing import Any

from amqtt.broker import Broker


class _Walked(dict[str, Any]):
    """Subscriptions, which amqtt (0.12) walks for each device that connects while others subscribe."""

    def __iter__(self) -> Iterator[str]:
        """Those that there are when the walk begins: a dictionary that grew would cut the device off."""
        return iter(list(super().__iter__()))


async def serve(port: int) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    broker = await started(port)
    await stopping.wait()
    await broker.shutdown()


async def started(port: int) -> Broker:
    """A broker that anybody on this machine may use."""
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    broker._subscriptions = _Walked()
    await broker.start()
    return broker


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
