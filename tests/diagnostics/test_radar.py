"""The picture: a valid PNG of a size that a phone and the messenger take, drawn off the loop."""

import asyncio
import struct
from io import BytesIO

import numpy
import pytest
from PIL import Image

from bot.diagnostics import screens_radar
from bot.diagnostics.screens_radar import Chart

LABELS = ("Предмет и содержание", "Методика занятия", "Оценка и обратная связь", "Поддержка", "Общение", "Цифра")


def chart(now: tuple[float | None, ...], before: tuple[float | None, ...] = (), count: int = 6) -> Chart:
    words = ("сейчас", "12 ноября 2025", "мало ответов")
    return Chart(
        "Самодиагностика", LABELS[:count], now, before, *words, 17, "обычные колебания", "Следующая — с 1 марта"
    )


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
    assert size(png) == (1080, one.height)
    assert one.height <= 1.5 * 1080, "a phone cuts what is longer"
    assert len(png) < 400_000


def test_no_line_is_drawn_through_an_axis_without_a_level() -> None:
    """The line from one neighbour to the other told a level that nobody has."""
    now = (70, 55, 40, None, 60, 35)
    for count, one in ((0, now), (1, (70, 55, 40, 45, 60, 35))):
        picture = Image.open(BytesIO(screens_radar.render(chart(one)))).convert("RGB")
        middle = screens_radar.TOP + screens_radar.WEB // 2 + 12
        # The axis that points down, without the middle.
        below = numpy.asarray(picture)[middle + 30 : middle + screens_radar.RADIUS, 500:580]
        assert (below == list(bytes.fromhex(screens_radar.NOW[1:]))).all(axis=2).any() == bool(count)


def test_the_lines_are_sorted_and_the_noise_has_a_band_around_then() -> None:
    one = chart((70, 55, None, 45, 60, 35), (50, 50, 50, 50, 50, 50))
    assert [one.labels[number] for number in one.in_order][:2] == [LABELS[0], LABELS[4]]
    assert one.in_order[-1] == 2, "what is unknown comes last"
    colour = list(bytes.fromhex(screens_radar.BAND[1:]))

    def banded(one: Chart, row: int) -> int:
        picture = numpy.asarray(Image.open(BytesIO(screens_radar.render(one))).convert("RGB"))
        scale = one.height - one.foot - screens_radar.ROW * (6 - row) + 64 + 12  # beside the line itself
        return int((picture[scale] == colour).all(axis=1).sum())

    width = (screens_radar.RIGHT - screens_radar.LEFT) * 2 * one.band / 100
    assert abs(banded(one, 0) - width) < 4
    assert banded(chart((70, 55, 40, 45, 60, 35)), 0) == 0


def test_names_are_as_large_on_a_phone_as_other_words() -> None:
    """A phone shows the 1080 pixels within 360 points."""
    assert screens_radar.LABEL * screens_radar.DPI / 72 / 3 >= 12


async def test_the_loop_lives_on_while_it_is_drawn() -> None:
    drawing = asyncio.create_task(screens_radar.draw(chart((70, 55, 40, 45, 60, 35))))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0)
        turns += 1
    assert size(await drawing)[0] == 1080
    assert turns > 10
