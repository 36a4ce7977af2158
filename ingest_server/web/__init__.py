"""Pages and JSON; thin, without SQL."""
