"""Weighing one visit: measurements, weights of evidence, posterior, verdict. Pure."""
