"""What a methodist says about a plan's line: who takes part and by when, ticked of the plan's lists or typed."""

import tempfile
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from babel.dates import format_date
from flask import request

from admin.forms import Field, Options
from db.errors import DomainError
from db.plans.models import Period, Plan, PlanLine, PlanSection
from db.plans.queries import DueRow
from db.plans.rules import quarter
from db.plans.staff_services import LineDraft
from db.plans.terms import days_of
from db.plans.uploads import columns_of
from db.spreadsheet import Grid, TooLargeError, read_grid
from db.storage import clean_name
from db.texts import clean

LISTED = ("participants", "performers")


def fields(plan: Plan | None, sections: Options, periods: Options) -> tuple[Field, ...]:
    """The source's columns, and the term once more as days and a count. What the plan lists is ticked or chosen."""

    def listed(name: str, of: Sequence[str]) -> list[Field]:
        ticks = [Field(f"{name}_listed", "checks", options=lambda: [(one, one) for one in of])] if of else []
        return [*ticks, Field(name, "area", longest=2000, label=f"{name}_more" if of else "")]

    terms = plan.terms if plan else []
    return (
        Field("section_id", "select", required=True, options=lambda: sections, fixed=True),
        Field("text", "area", required=True, longest=2000),
        *listed("participants", plan.participants if plan else []),
        *listed("performers", plan.performers if plan else []),
        Field("result", "area", longest=2000),
        *([Field("term_listed", "select", options=lambda: [("", "—"), *((one, one) for one in terms)])] * bool(terms)),
        Field("term"),
        Field("starts", "date"),
        Field("ends", "date"),
        Field("period", "select", options=lambda: periods),
        Field("times", "number"),
        Field("active", "check"),
    )


def shown(line: PlanLine, plan: Plan) -> dict[str, object]:
    """A line's values for the form; only what is a line of its own and of the list is a tick."""
    names = ("text", "participants", "performers", "result", "term", "starts", "ends", "period", "times", "active")
    values = {name: getattr(line, name) for name in names}
    for name in LISTED:
        said, of = getattr(line, name).splitlines(), getattr(plan, name)
        if of:
            values[f"{name}_listed"] = frozenset(said) & frozenset(of)
            values[name] = "\n".join(one for one in said if one not in of)
    if plan.terms:
        values["term_listed"] = line.term if line.term in plan.terms else ""
        values["term"] = "" if line.term in plan.terms else line.term
    return values


def drafted(values: dict[str, object], plan: Plan | None) -> LineDraft:
    """What was sent, as the use case wants it."""
    said = {name: _joined(values, name, getattr(plan, name) if plan else ()) for name in LISTED}
    period, times = values["period"], values["times"]
    return LineDraft(
        text=str(values["text"]),
        participants=said["participants"],
        performers=said["performers"],
        term=str(values["term"] or values.get("term_listed") or ""),
        result=str(values["result"]),
        starts=values["starts"],  # type: ignore[arg-type]  # a field of the kind `date`
        ends=values["ends"],  # type: ignore[arg-type]
        period=Period(str(period)) if period in set(Period) else None,
        times=times if isinstance(times, int) else 1,
        active=bool(values["active"]),
    )


def _joined(values: dict[str, object], name: str, of: Collection[str]) -> str:
    """The ticked ones in the plan's order, then what was typed, nothing twice."""
    ticked = values.get(f"{name}_listed") or ()
    chosen = [one for one in of if one in ticked]  # type: ignore[operator]  # a field of the kind `checks`
    return "\n".join(dict.fromkeys([*chosen, *str(values[name]).splitlines()]))


def sent_table(plan: Plan | None) -> tuple[str, Grid]:
    """Reads the file that was sent, cells as they are written. Raises DomainError in words that say what to do."""
    file = request.files.get("file")
    if plan is None or file is None or not file.filename:
        raise DomainError("plan_upload_empty")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        file.save(path)
        try:
            grid = read_grid(
                path, fits=lambda header: len(columns_of(plan, header)), form=lambda cell: clean(cell).strip()
            )
        except TooLargeError:
            raise DomainError("imports_large") from None
        except ValueError:
            raise DomainError("imports_unreadable") from None
    return clean_name(file.filename), grid


def quarters_of(plan: Plan) -> list[tuple[str, str]]:
    """The quarters of a plan to choose from."""
    if plan.starts is None or plan.ends is None:
        return []
    found = [f"{year}-{number}" for year in range(plan.starts.year, plan.ends.year + 1) for number in range(1, 5)]
    return [
        (one, format_date(days[0], "QQQ y", locale="ru"))
        for one in found
        if (days := quarter(one)) and days[1] >= plan.starts and days[0] <= plan.ends
    ]


def named(parts: Sequence[PlanSection]) -> list[tuple[int, str]]:
    """Sections of several plans to choose from."""
    return [(one.id, " · ".join(dict.fromkeys(filter(None, (one.plan.title, one.title))))) for one in parts]


def holds(part: PlanSection, day: date) -> bool:
    """Whether a section, or else its plan, is of days that hold this one."""
    found = days_of(part)
    return found is not None and found[0] <= day <= found[1]


def this_quarter(plan: Plan, today: date) -> str:
    """The quarter of today, as the filter writes it; nothing where the plan is not of these days."""
    held = plan.starts is not None and plan.ends is not None and plan.starts <= today <= plan.ends
    return f"{today.year}-{(today.month + 2) // 3}" if held else ""


def nearest(plan: Plan, today: date) -> str:
    """Which of its quarters a plan opens: `this`, the `first` of one that is ahead, the `last` of one that is over."""
    if plan.starts is not None and today < plan.starts:
        return "first"
    return "last" if plan.ends is not None and today > plan.ends else "this"


def quarter_of(asked: str, plan: Plan, today: date) -> tuple[date, date]:
    """The days of the quarter that is asked for, or else of today's; of a plan of other days the nearest it has."""
    day = today if plan.starts is None or plan.ends is None else min(max(today, plan.starts), plan.ends)
    own = quarter(f"{day.year}-{(day.month + 2) // 3}")
    return quarter(asked) or own or (day, day)


def month_days(day: date) -> tuple[date, date]:
    """The first and the last day of a month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_of(plan: Plan) -> list[tuple[str, str]]:
    """The months of a plan to choose from."""
    if plan.starts is None or plan.ends is None:
        return []
    day, found = plan.starts.replace(day=1), []
    while day <= plan.ends:
        found.append((f"{day:%Y-%m}", format_date(day, "LLLL y", locale="ru")))
        day = (day + timedelta(days=31)).replace(day=1)
    return found


def by_month(rows: Sequence[DueRow]) -> list[tuple[str, list[DueRow]]]:
    """What is due, by day already, under the names of its months."""
    return [
        (format_date(month, "LLLL y", locale="ru").capitalize(), list(due))
        for month, due in groupby(rows, key=lambda row: row.slot.ends.replace(day=1))
    ]
