"""The fixtures of a device that sends."""

from tests.edge_agent.conftest import broker, identity, server_key

__all__ = ["broker", "identity", "server_key"]
