"""Sounds of a staged home, made from a seed."""
