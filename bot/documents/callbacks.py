"""Taps of the documents that the service stands on."""

from aiogram.filters.callback_data import CallbackData


class OpenDocumentsTap(CallbackData, prefix="of"):
    """A page of the list."""

    page: int = 0


class OfficialDocumentTap(CallbackData, prefix="of_d"):
    """One document; `page` is where the list stood."""

    document_id: int
    page: int = 0


class OfficialFileTap(CallbackData, prefix="of_f"):
    """The document as a file."""

    document_id: int
