"""What shows tampering: an RFC 6962 Merkle tree with C2SP checkpoints, and how each device's chain links. Pure."""
