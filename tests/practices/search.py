"""Practices by the thousand and words as people mistype them: drawn from a seed, so that each run asks the same."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, lazyload

from db.base import table
from db.practices import search
from db.practices.models import Practice, PracticeComponent, PracticeStatus

METHODS = (
    *("лестница вопросов", "карусель мнений", "взаимная проверка"),
    *("дневник наблюдений", "карта понятий", "мозговой штурм"),
    *("перевёрнутый класс", "домашняя лаборатория", "театр одного абзаца"),
    *("учебный спор", "письмо самому себе", "рынок идей"),
    *("тихое обсуждение", "минута рефлексии", "критериальный лист"),
    *("опорный конспект", "цепочка подсказок", "игровой квест"),
    *("проектная неделя", "читательская гостиная", "музейный чемодан"),
    *("ошибка дня", "говорящая стена", "билет на выход"),
    *("светофор понимания", "парное решение", "обратная связь"),
    *("творческая мастерская", "исследовательский маршрут", "турнир знатоков"),
)
SUBJECTS = (
    *("истории", "математики", "биологии"),
    *("физики", "химии", "географии"),
    *("литературы", "информатики", "музыки"),
    *("технологии", "обществознания", "астрономии"),
    *("экологии", "черчения", "риторики"),
    *("краеведения", "английского языка", "немецкого языка"),
    *("русского языка", "логопедии"),
)
THEMES = (
    *("дроби", "ледоходы", "реформы Петра"),
    *("клетка под микроскопом", "закон Ома", "степени окисления"),
    *("речные бассейны", "басни Крылова", "алгоритмы сортировки"),
    *("народные песни", "кулинарные рецепты", "права потребителя"),
    *("солнечная система", "раздельный сбор", "проекции деталей"),
    *("ораторское искусство", "уральские заводы", "неправильные глаголы"),
    *("деепричастия", "звуки шипящие", "квадратные уравнения"),
    *("вероятность", "кровообращение", "оптические линзы"),
    *("кислоты", "климатические пояса", "лирика Тютчева"),
)
AIMS = (
    *("для робких учеников", "для смешанных групп", "для сельской школы"),
    *("для первых уроков", "для подготовки к олимпиаде", "для детей с задержкой речи"),
    *("для дистанционных занятий", "для молодых педагогов", "для каникул"),
    *("для последней четверти"),
)
ENDINGS = ("ами", "ого", "ых", "ие", "ой", "у", "е")


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What somebody typed who looks for a practice."""

    text: str
    practice_id: int


def plant(session: Session, *, count: int, now: datetime, seed: int = 14) -> None:
    """Published practices, no two with one name."""
    dice = Random(seed)
    every = [(a, b, c, d) for a in METHODS for b in SUBJECTS for c in THEMES for d in AIMS]
    rows: list[dict[str, Any]] = []
    for number, (method, subject, theme, aim) in enumerate(dice.sample(every, count), 1):
        rows.append(
            {
                "id": number,
                "status": PracticeStatus.PUBLISHED,
                "title": f"{method.capitalize()} на уроке {subject}: {theme}",
                "audience": f"Учителям {subject}, {aim}",
                "lesson": f"Разделите класс на пары, дайте карточки. {dice.choice(METHODS).capitalize()} и {aim}.",
                "result": f"Дети понимают тему «{dice.choice(THEMES)}» и спорят по делу.",
                "turn": 1,
                "adopted": number % 7,
                "said": "",
                "made_at": now,
                "sent_at": now,
                "confirmed_at": now,
            }
        )
    session.execute(insert(table(Practice)), rows)
    codes = ("subject", "methodical", "assessment")
    serves = [{"practice_id": row["id"], "component": codes[row["id"] % 3]} for row in rows]
    session.execute(insert(table(PracticeComponent)), serves)
    practices = session.scalars(select(Practice).options(lazyload(Practice.components))).all()
    for first in range(0, count, 500):
        search.put_in(session, *practices[first : first + 500])


def queries(session: Session, *, count: int, seed: int = 15) -> list[Mistyped]:
    """Words of the names, each with a mistake: swapped, dropped and doubled letters, other endings."""
    dice = Random(seed)
    rows = session.execute(select(Practice.id, Practice.title).order_by(Practice.id)).all()
    found = []
    for practice_id, title in dice.sample(rows, count):
        words = [word.strip(":").lower() for word in title.split() if len(word) > 3 and word != "уроке"]
        found.append(Mistyped(" ".join(mistyped(dice, word) for word in words), practice_id))
    return found


def mistyped(dice: Random, word: str) -> str:
    """The word with one mistake; its first letter stays."""
    place, kind = dice.randrange(1, len(word) - 1), dice.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    return word[:-2] + dice.choice(ENDINGS) if len(word) > 5 else word + dice.choice(ENDINGS)
