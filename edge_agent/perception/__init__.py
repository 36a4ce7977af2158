"""Array in, typed observation out."""
