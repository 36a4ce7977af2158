"""Staged homes, people and frauds, seeded; nothing in here is a real person or a real visit."""
