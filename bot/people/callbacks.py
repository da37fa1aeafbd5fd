"""Buttons of the first meeting, the profile, one's own data and settings. Every prefix begins with `pe`."""

from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.state import State, StatesGroup


class OpenMyDataTap(CallbackData, prefix="pe"):
    """«Мои данные»."""


class WelcomeTap(CallbackData, prefix="pew"):
    """Back to the first screen; a deep link's payload travels along, because nothing is stored yet."""

    payload: str = ""


class ReadConsentTap(CallbackData, prefix="per"):
    """A page (from 0) of the consent's text."""

    page: int = 0
    payload: str = ""


class ConsentTap(CallbackData, prefix="pec"):
    """«Даю согласие» to this very version of the text."""

    version: int
    payload: str = ""


class DeclineTap(CallbackData, prefix="ped"):
    """«Не сейчас»."""

    payload: str = ""


class ContinueTap(CallbackData, prefix="peg"):
    """To the profile's next empty field."""


class FieldTap(CallbackData, prefix="pef"):
    """To one field of the profile: a page of its list, or the names that begin with a letter (its code point)."""

    field: str
    page: int = 0
    letter: int = 0


class PickTap(CallbackData, prefix="pep"):
    """An answer to one field: an id, or a number of years."""

    field: str
    value: int


class OwnOrganisationTap(CallbackData, prefix="peo"):
    """The organisation as it was typed."""


class NotListedTap(CallbackData, prefix="pei"):
    """«Моей школы нет в списке»: it is to be written."""


class CorrectedTap(CallbackData, prefix="pex"):
    """What was typed, in the form that the bot asks about."""

    field: str


class SkipBirthTap(CallbackData, prefix="peb"):
    """No day of birth is told."""


class CheckProfileTap(CallbackData, prefix="pek"):
    """«Проверьте, всё ли верно»."""


class SaveTap(CallbackData, prefix="pes"):
    """The profile is right."""


class LeaveTap(CallbackData, prefix="pel"):
    """«Выйти»: what was entered stays."""


class MoreTap(CallbackData, prefix="pmo"):
    """The rest of a long menu."""


class HelpTap(CallbackData, prefix="peh"):
    """How it works and who the human is."""

    topic: str = ""


class SettingsTap(CallbackData, prefix="pet"):
    """Settings, or one change of them."""

    change: str = ""
    value: str = ""


class PanelTap(CallbackData, prefix="pen"):
    """A one-time link to the panel."""


class DataTap(CallbackData, prefix="pem"):
    """One's own data: `profile`, `export`, `withdraw`, `withdraw_yes`, `erase`, `erase_yes`."""

    action: str


class ClaimForm(StatesGroup):
    """The next text is a day of birth, by which a list's record of somebody of this name is told."""

    birth = State()


class ProfileForm(StatesGroup):
    """The next text answers the profile's field named in the dialog's data."""

    answer = State()
