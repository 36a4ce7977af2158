"""Corrections of visits: appended beside what was captured, which nothing ever changes. Pure.

An edit says how a visit is to be read for billing and reporting. It is no evidence: verdict, reasons, exceptions and
what is at risk rest on the sealed record alone, before and after.
"""
