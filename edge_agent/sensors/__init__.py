"""Adapters of the sensor port."""
