"""Fetches models that are public but not ours: resumable, whole or not at all, and only with the registry's hash."""
