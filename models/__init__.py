"""One folder a model: how it is built, measured and described."""
