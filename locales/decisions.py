"""How a decision on an application is told: one text for the bot's notice and for the panel's preview of it."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from locales import Texts

PREFIX = "applications.notice"


def decided_text(t: Texts, params: Mapping[str, Any]) -> Markup:
    """The message to the teacher as safe HTML (b, i, blockquote), paragraphs apart by empty lines.

    `params` as made by `db.applications.deciding.told`: verdict, number, campaign, direction, reasons, remarks, comment.
    """
    verdict = params["verdict"]
    parts = [t(f"{PREFIX}.{verdict}", number=params.get("number") or "", campaign=params["campaign"])]
    if verdict == "approve" and params.get("direction"):
        parts.append(t(f"{PREFIX}.direction", direction=params["direction"]))
    parts += [_remark(t, remark) for remark in params.get("remarks", ())]
    parts += [t(f"{PREFIX}.reason", text=text) for text in params.get("reasons", ())]
    if params.get("comment"):
        parts.append(t(f"{PREFIX}.comment", text=params["comment"]))
    parts.append(t(f"{PREFIX}.{verdict}_next"))
    return Markup("\n\n").join(parts)


def _remark(t: Texts, remark: Mapping[str, Any]) -> Markup:
    if remark["number"] == 0:
        return t(f"{PREFIX}.remark_direction", text=remark["text"])
    return t(f"{PREFIX}.remark", number=remark["number"], part=remark["part"], text=remark["text"])
