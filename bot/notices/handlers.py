"""Taps and texts of notices."""

from aiogram import Router

commands = Router(name="notices.commands")
router = Router(name="notices")
