"""The caregiver's screen: a local page over :class:`edge_agent.ports.Desk`, which works without any network."""
