"""How a decision on an application is told: one text for the bot's notice and for the panel's preview of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from markupsafe import Markup

from locales import Texts


def decided_text(t: Texts, params: Mapping[str, Any]) -> Markup:
    """The message to the teacher as safe HTML (b, i, blockquote), paragraphs apart by empty lines.

    `params` come from `db.applications.staff_services.decision_words`: verdict, number, campaign, direction, reasons,
    remarks, comment; of a refusal `step` (the next step in words, and where it is walked) and `appeal_until`.
    """
    verdict = params["verdict"]
    if verdict == "return" and not params.get("remarks") and not params.get("reasons"):
        verdict = "return_all"  # only a comment: every part is open again
    parts = [t(f"applications.notice.{verdict}", number=params.get("number") or "", campaign=params["campaign"])]
    if verdict == "approve" and params.get("direction"):
        parts.append(t("applications.notice.direction", direction=params["direction"]))
    parts += [_remark(t, remark) for remark in params.get("remarks", ())]
    parts += [t("applications.notice.reason", text=text) for text in params.get("reasons", ())]
    if params.get("comment"):
        parts.append(t("applications.notice.comment", text=params["comment"]))
    if params.get("step"):
        parts.append(t("applications.notice.step", text=params["step"][0]))
    parts.append(t(f"applications.notice.{verdict}_next"))
    if params.get("appeal_until"):
        day = format_date(date.fromisoformat(params["appeal_until"]), "d MMMM", locale=t.formats)
        parts.append(t("applications.notice.appeal", day=day))
    return Markup("\n\n").join(parts)


def _remark(t: Texts, remark: Mapping[str, Any]) -> Markup:
    if remark["number"] == 0:
        return t("applications.notice.remark_direction", text=remark["text"])
    return t("applications.notice.remark", number=remark["number"], part=remark["part"], text=remark["text"])
