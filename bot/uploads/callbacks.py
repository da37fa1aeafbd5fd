"""Buttons of one-time links for files. `application` is checked again against who taps."""

from aiogram.filters.callback_data import CallbackData


class CarryTap(CallbackData, prefix="upc"):
    """The files of the last selection come along."""

    application: int


class UploadLinkTap(CallbackData, prefix="upl"):
    """A link to the panel's page that takes files to this criterion."""

    application: int
    number: int


class RecordLinkTap(CallbackData, prefix="upr"):
    """A link to the panel's page that takes the document of a record of training."""

    record_id: int
