"""What is measured of a record: each measure answers one question with one number, or says why it cannot.

A measure never judges. What a value weighs is the calibration's; see :mod:`ingest_server.scoring.calibration`.
"""
