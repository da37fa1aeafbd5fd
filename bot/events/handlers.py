"""Taps and texts of events."""

from aiogram import Router

commands = Router(name="events.commands")
router = Router(name="events")
