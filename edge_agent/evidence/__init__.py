"""Observations in, intervals and summaries of the record out; pure."""
