"""Taps and texts of applications."""

from aiogram import Router

commands = Router(name="applications.commands")
router = Router(name="applications")
