"""What the bot may wait for in words."""

from aiogram.fsm.state import State, StatesGroup


class ProfileForm(StatesGroup):
    """The next text answers the profile's field named in the dialog's data."""

    answer = State()
