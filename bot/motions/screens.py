"""What the bot says of a head's proposals: pure, texts and data -> screen."""

from bot.groups.callbacks import GroupFigureTap, GroupLevelsTap, GroupTap
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs, short
from db.motions.queries import GroupProposal
from locales import Texts

NAME, TARGET = 60, 26


def ask(t: Texts, found: GroupProposal, *, target_id: int, lead: object = "") -> Screen:
    """What is proposed by a figure, and to whom; another group may be chosen."""
    back = Button(t.plain("motions.bot.back"), GroupLevelsTap(group_id=found.group_id))
    figure = t(
        "motions.bot.figure",
        name=short(found.name, NAME),
        component=short(found.line.component, NAME),
        level=found.line.level,
        people=found.line.people,
    )
    if not found.targets:
        return Screen(paragraphs(lead, figure, t("motions.bot.nobody")), [[back], menu_row(t)])
    others: list[Row] = [
        [
            Button(
                short(name, TARGET),
                GroupFigureTap(group_id=found.group_id, component=found.line.code, target_id=number),
            )
        ]
        for number, name in found.targets
        if number != target_id
    ]
    whom = t("motions.bot.ask", target=short(dict(found.targets)[target_id], NAME))
    more = t("motions.bot.others") if others else ""
    return Screen(paragraphs(lead, figure, whom, more), [*others, [back], menu_row(t)])


def sent(t: Texts, found: GroupProposal, *, target_id: int) -> Screen:
    """It is put before the group; the answer will come by itself."""
    back = Button(t.plain("motions.bot.to_group"), GroupTap(group_id=found.group_id))
    target = short(dict(found.targets).get(target_id, ""), NAME)
    return Screen(t("motions.bot.sent", target=target), [[back], menu_row(t)])
