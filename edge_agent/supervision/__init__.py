"""Keeps the sensors of a fitted device going, and says how each of them fares."""
