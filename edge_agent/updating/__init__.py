"""Releases of software and models: checked before use, put beside what runs, switched to, and taken back if need be."""
