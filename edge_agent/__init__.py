"""The witness: observes a visit with the sensors of the room, and seals what it observed."""
