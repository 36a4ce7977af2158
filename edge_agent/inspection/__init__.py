"""What each sense makes of a recorded file, in the shapes that ``edge-agent inspect`` prints."""
