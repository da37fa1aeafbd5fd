"""Taps and texts of people."""

from aiogram import Router

commands = Router(name="people.commands")
router = Router(name="people")
