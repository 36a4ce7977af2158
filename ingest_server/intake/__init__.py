"""From MQTT to a stored, scored and receipted record."""
