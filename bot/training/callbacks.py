"""Taps of one's own records of training."""

import enum

from aiogram.filters.callback_data import CallbackData


class TrainingPart(enum.StrEnum):
    """A part of a record."""

    TITLE = "title"
    ORGANISATION = "organisation"
    HOURS = "hours"
    DAY = "issued_on"
    PROJECT = "of_project"
    DOCUMENT = "document"
    FILE = "file"


class OpenTrainingTap(CallbackData, prefix="tn"):
    """One's own records."""

    page: int = 0


class TrainingAddTap(CallbackData, prefix="tn_a"):
    """A new record, or the draft in hand."""


class TrainingCardTap(CallbackData, prefix="tn_c"):
    """One record."""

    record_id: int


class TrainingPartTap(CallbackData, prefix="tn_p"):
    """Asks for a part of a record."""

    record_id: int
    part: TrainingPart


class TrainingHoursTap(CallbackData, prefix="tn_h"):
    """So many hours."""

    record_id: int
    hours: int


class TrainingProjectTap(CallbackData, prefix="tn_j"):
    """Whether it was on the project's subject."""

    record_id: int
    of_project: bool


class TrainingSendTap(CallbackData, prefix="tn_s"):
    """Hands the record to the methodist."""

    record_id: int


class TrainingDropTap(CallbackData, prefix="tn_x"):
    """Deletes what is not sent; with `sure` it is meant."""

    record_id: int
    sure: bool = False
