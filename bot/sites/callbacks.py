"""Taps of sites and of the programmes that they teach."""

from aiogram.filters.callback_data import CallbackData


class OpenSitesTap(CallbackData, prefix="si"):
    """The kinds of sites that the region has."""


class SiteKindTap(CallbackData, prefix="si_k"):
    """The sites of a kind."""

    kind_id: int
    page: int = 0


class SiteCardTap(CallbackData, prefix="si_c"):
    """One site: what it offers, who teaches there, which groups one may join."""

    site_id: int


class ProgrammesTap(CallbackData, prefix="si_p"):
    """The programmes."""

    page: int = 0


class ProgrammeTap(CallbackData, prefix="si_m"):
    """One programme: its modules, which groups one may join."""

    programme_id: int


class PartsTap(CallbackData, prefix="si_l"):
    """The lessons of a group."""

    event_id: int
    page: int = 0
