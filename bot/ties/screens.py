"""What is said of people who are close: pure, texts and data -> screen."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ties.callbacks import AddTieTap, OpenTiesTap, UntieTap
from bot.ui.moments import long_date
from bot.ui.screens import PAGE, Button, Row, Screen, menu_row, paragraphs, short
from db.ties.models import Tie, TieKind
from locales import Texts


def home(t: Texts, found: Sequence[Tie], *, lead: object = "") -> Screen:
    """Whom the person declared, what it is for and who sees it; the newest may be taken back by a button."""
    lines = [_line(t, one) for one in found[-PAGE:]]
    paper = t("ties.paper_seen") if any(one.paper_on for one in found) else ""
    text = paragraphs(lead, t("ties.title"), Markup("\n").join(lines), t("ties.seen_by"), paper)
    rows: list[Row] = [
        [Button(short(t.plain("ties.remove", name=_name(t, one))), UntieTap(tie_id=one.id))] for one in found[-PAGE:]
    ]
    rows += [[Button(t.plain(f"ties.add.{kind}"), AddTieTap(kind=kind))] for kind in TieKind]
    return Screen(text, [*rows, menu_row(t)])


def ask(t: Texts, kind: TieKind, *, lead: object = "") -> Screen:
    """Asks for the full name."""
    back = [Button(t.plain("ties.back"), OpenTiesTap())]
    return Screen(paragraphs(lead, t(f"ties.ask.{kind}"), t("ties.seen_by")), [back, menu_row(t)])


def row(t: Texts) -> list[Button]:
    """The way here from what brings people together."""
    return [Button(t.plain("ties.open"), OpenTiesTap())]


def _line(t: Texts, tie: Tie) -> Markup:
    name = short(_name(t, tie), 60)
    said = t("ties.line.place", name=name) if tie.organisation else t(f"ties.line.{tie.kind}", name=name)
    return Markup("{}; {}").format(said, t("ties.on_paper", day=long_date(t, tie.paper_on))) if tie.paper_on else said


def _name(t: Texts, tie: Tie) -> str:
    known = tie.organisation.name if tie.organisation else tie.other.full_name if tie.other else None
    return tie.name or known or t.plain("ties.nameless")
