"""Staged worlds to judge the score by: how often what happens in them, and who lives there."""
