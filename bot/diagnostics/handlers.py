"""Taps and texts of diagnostics."""

from aiogram import Router

commands = Router(name="diagnostics.commands")
router = Router(name="diagnostics")
