"""The walk of an installer through a device: each check looks at one thing, and says what is wrong and what to do."""
