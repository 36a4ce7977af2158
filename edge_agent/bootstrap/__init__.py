"""Wiring: the one place where real parts are chosen. Tests and the simulator hand in others by the same doors.

:mod:`~edge_agent.bootstrap.kept` opens what the device keeps, :mod:`~edge_agent.bootstrap.witnessing` makes the witness
over it, :mod:`~edge_agent.bootstrap.sending` brings away what it sealed, :mod:`~edge_agent.bootstrap.telling` knows how
the device fares, and :mod:`~edge_agent.bootstrap.program` which program all of this is.
"""
