"""Counts what belongs to no single noun, and puts people's private facts into batches that reports may sum.

The reports themselves, each with its page, workbook and charts, are `admin/reports/report_<report>.py`.
"""
