"""The demo: a broker, a server and devices on this machine, as separate programs over real MQTT."""
