"""The contract that device and server both import: the record, its signature, its chain, its words."""
