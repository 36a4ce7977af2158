"""The command groups of ``edge-agent``, each in a module of its own; :mod:`edge_agent.cli` assembles them."""
