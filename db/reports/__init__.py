"""What reports count that no noun of theirs counts itself, and when a small group's figures are told: in batches.

The reports themselves, each with its page, workbook and charts, are `admin/reports/report_<report>.py`.
"""
