"""What the bot says of one's own papers: pure, texts and data -> screen."""

from collections.abc import Sequence

from bot.growth.callbacks import OpenPapersTap, PaperTap
from bot.routes.callbacks import OpenRouteTap
from bot.training.callbacks import OpenTrainingTap
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs
from db.growth.pack import DossierChoice
from db.growth.queries import Paper
from locales import Texts


def papers(t: Texts, dossiers: Sequence[DossierChoice], *, route: bool, lead: object = "") -> Screen:
    """Which papers there are; the route where the region has a form of it."""
    kinds = [Paper.JOURNAL, Paper.CARD, *([Paper.ROUTE] if route else [])]
    rows: list[Row] = [[Button(t.plain(f"growth.button.{kind}"), PaperTap(paper=kind))] for kind in kinds]
    rows += [[Button(one.label, PaperTap(paper=Paper.DOSSIER, code=one.code))] for one in dossiers]
    text = paragraphs(lead, t("growth.title"), t("growth.about"), t("growth.choose"))
    courses = Button(t.plain("training.back"), OpenTrainingTap())
    return Screen(text, [*rows, [courses, Button(t.plain("growth.to_route"), OpenRouteTap())], menu_row(t)])


def file(t: Texts, *, title: str) -> Screen:
    """The caption of a paper."""
    return Screen(t("growth.caption", title=title), [[Button(t.plain("growth.mine"), OpenPapersTap())]])
