"""The log that nobody can rewrite: an RFC 6962 Merkle tree with C2SP checkpoints."""
