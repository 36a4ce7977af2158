"""A meaning in both languages, which the device's screen says in the same words."""

from visit_record.bilingual import Words

__all__ = ["Words"]
