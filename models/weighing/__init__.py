"""The weights of evidence: fitted on staged visits and real scores, written to the server's calibration tables."""
