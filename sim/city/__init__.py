"""A city's signed history, written into files that a server takes in: many visits, no broker, no sensor streams."""
