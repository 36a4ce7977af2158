"""SQL, all of it."""
