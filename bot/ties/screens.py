"""What is said of people who are close: pure, texts and data -> screen."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ties.callbacks import AddTieTap, OpenTiesTap, UntieTap
from bot.ui.screens import PAGE, Button, Row, Screen, menu_row, paragraphs, short
from db.ties.models import Tie, TieKind
from locales import Texts


def home(t: Texts, found: Sequence[Tie], *, lead: object = "") -> Screen:
    """Whom the person declared, what it is for and who sees it; the newest may be taken back by a button."""
    lines = [t(f"ties.line.{one.kind}", name=short(_name(t, one), 60)) for one in found[-PAGE:]]
    text = paragraphs(lead, t("ties.title"), Markup("\n").join(lines), t("ties.seen_by"))
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


def _name(t: Texts, tie: Tie) -> str:
    return tie.name or (tie.other.full_name if tie.other else None) or t.plain("ties.nameless")
