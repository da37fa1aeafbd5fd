"""How a broadcast is told: one text for the bot's notice and for the panel's preview of it."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from locales import Texts


def said_text(t: Texts, params: Mapping[str, Any]) -> Markup:
    """Returns the message as safe HTML.

    `params` come from `db.broadcasts.staff_queries.words`: text, and place where it is a municipality's own service
    that speaks.
    """
    if "place" in params:
        return t("broadcasts.said_by", text=params["text"], place=params["place"])
    return t("broadcasts.said", text=params["text"])
