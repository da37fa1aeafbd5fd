"""The picture: a valid PNG of a size that a phone and the messenger take, drawn off the loop."""

import asyncio
import struct

import pytest

from bot.diagnostics import screens_radar
from bot.diagnostics.screens_radar import Chart

LABELS = ("Предмет и содержание", "Методика занятия", "Оценка и обратная связь", "Поддержка", "Общение", "Цифра")


def chart(now: tuple[float | None, ...], before: tuple[float | None, ...] = (), count: int = 6) -> Chart:
    return Chart("Самодиагностика", LABELS[:count], now, before, "сейчас", "12 ноября 2025", "мало ответов")


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and png.endswith(b"IEND\xaeB`\x82")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    "one",
    [
        chart((70, 55, 40, 45, 60, 35)),
        chart((70, 55, 40, 45, 60, 35), (50, 50, 50, 50, 50, 50)),
        chart((70, None, 40, None, 60, 35), (None,) * 6),
        chart((None,) * 6),
        chart((0,) * 6, (100,) * 6),
        chart((70, 55, 40), count=3),
        chart((70, None), count=2),
    ],
    ids=["first", "second", "gaps", "nothing", "extremes", "three", "two"],
)
def test_every_result_has_a_picture(one: Chart) -> None:
    png = screens_radar.render(one)
    assert size(png) == (1080, 1080)
    assert len(png) < 400_000


async def test_the_loop_lives_on_while_it_is_drawn() -> None:
    drawing = asyncio.create_task(screens_radar.draw(chart((70, 55, 40, 45, 60, 35))))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0)
        turns += 1
    assert size(await drawing) == (1080, 1080)
    assert turns > 10
