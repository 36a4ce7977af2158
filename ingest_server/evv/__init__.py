"""Electronic visit verification: visits as funds ask for them, in rows and files. Pure."""
