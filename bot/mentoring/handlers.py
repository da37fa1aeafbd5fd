"""Taps and texts of mentoring."""

from aiogram import Router

commands = Router(name="mentoring.commands")
router = Router(name="mentoring")
