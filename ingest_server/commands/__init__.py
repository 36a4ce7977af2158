"""The commands of `ingest-server`, a module a group."""
