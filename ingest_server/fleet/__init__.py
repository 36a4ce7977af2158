"""How devices are: facts from what they sent, and no blame. Pure."""
