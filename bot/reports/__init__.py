"""The day's figures in the chat, `/summary`; reports are the panel's: `admin/reports/report_<report>.py`."""
