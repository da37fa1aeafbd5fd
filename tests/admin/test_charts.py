"""The panel's pictures, where what they are drawn with is first needed."""

import subprocess
import sys
from pathlib import Path

from admin.charts import LETTER, TEXT, headings

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = """
import sys
from threading import Barrier, Thread
from admin.charts import Bars, HeatCell, HeatTable, Series, drawn

assert "matplotlib" not in sys.modules, "the panel starts without it"
sys.setswitchinterval(1e-5)
begin, failed = Barrier(6), []

def draw(number):
    bars = Bars([(f"line {number}", [number])], [Series("one", "#1c6a54")], "title", "note")
    heat = HeatTable([(f"line {number}", [HeatCell("4", 4)])], ["one"], "title", "note")
    begin.wait()
    try:
        drawn(heat if number % 2 else bars, "svg")
    except Exception as error:
        failed.append(repr(error))

threads = [Thread(target=draw, args=(number,)) for number in range(6)]
for one in threads:
    one.start()
for one in threads:
    one.join()
sys.exit("; ".join(failed) or 0)
"""


def test_the_first_pictures_of_a_page_are_drawn_at_once() -> None:
    """A memo's three pictures were asked for after a start, each thread met a half of matplotlib: three times 500."""
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_headings_of_columns_do_not_run_into_each_other() -> None:
    """«оценочныйпсихолого-педагогическийкоммуникативный» stood over a memo's heat table."""
    names = ["оценочный", "психолого-педагогический", "коммуникативный"]
    told, size = headings(names, 16 * LETTER)
    assert told == ["оценочный", "психолого-\nпедагогический", "коммуникативный"] and size == TEXT
    told, size = headings(names, 12 * LETTER)
    assert told[1] == "психолого-\nпедагогический" and round(size, 3) == round(TEXT * 12 / 15, 3), (
        "then all letters are smaller"
    )
    assert headings(["Предмет и содержание"], 8 * LETTER)[0] == ["Предмет\nи\nсодержание"]
