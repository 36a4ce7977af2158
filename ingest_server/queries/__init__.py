"""Combined queries: what may be asked of which view, and a question as an address. Pure."""
