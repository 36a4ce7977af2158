"""The care-sound model: how it is trained, measured and described."""
