"""The occupancy model: who is in the thermal array's view, and where."""
