"""Makes the parts of a memo that tell of the service's own work: mentoring, the active, groups, the plan, the network.

Every figure is one that a page shows, by the query of that page.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from db.clock import midnight
from db.diary import staff_queries as written
from db.diary.staff_queries import DiaryFilter
from db.groups import staff_queries as one_group
from db.groups.models import GroupMeetingStatus
from db.groups.rules import DecisionState
from db.memos.rules import MOST_BARS, MemoBars, MemoKind, MemoPart, MemoTable
from db.memos.wording import MemoAsked
from db.mentoring import staff_queries as mentoring
from db.mentoring.models import PairStatus
from db.mentoring.papers import begun_pairs
from db.network import staff_queries as network
from db.network.models import MemberKind
from db.network.rules import AgreementStanding
from db.network.staff_queries import MemberFilter, VisitFilter
from db.overviews import diary, groups
from db.overviews.active_map import active_map
from db.overviews.groups import COUNTED
from db.plans import queries as plans
from db.plans.models import Plan
from db.plans.queries import PlanFilter, PlanPage
from db.plans.rules import LineState

LATE_SHOWN = 20
"""Lines of the plan that a memo names as overdue."""
AT_WORK = (PairStatus.ACTIVE, PairStatus.PAUSED)


def pairs(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of pairs: how many work, began, met, and have gone silent; who still looks for a mentor."""
    caller = asked.caller
    counts = {one: mentoring.count_pairs(session, caller, status=[one]) for one in PairStatus}
    silent = mentoring.count_pairs(session, caller, status=[PairStatus.ACTIVE], silent=True)
    waiting = mentoring.count_wishes(session, caller)
    begun, held, visits = begun_pairs(session, caller, since=asked.since)
    heading = asked.t.plain("memos.kind.mentoring")
    if not sum(counts.values()) and not waiting:
        return MemoPart(MemoKind.MENTORING, heading, [asked.say("nothing")])
    said = [
        asked.say("mentoring.working", n=sum(counts[one] for one in AT_WORK)),
        asked.say("mentoring.begun", n=begun, held=asked.n("meetings", held), visits=asked.n("visits", visits)),
    ]
    said.append(asked.say("mentoring.silent", n=silent) if silent else asked.say("mentoring.none_silent"))
    if waiting:
        said.append(asked.say("mentoring.wishes", n=waiting))
    rows = [[asked.t.plain(f"mentoring.panel.state.{one}"), str(count)] for one, count in counts.items() if count]
    tables = asked.filled("pairs", asked.head("status", "count"), rows, "mentoring")
    return MemoPart(MemoKind.MENTORING, heading, said, tables)


def active(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of the active: members by direction and place, what they did, and where there are none."""
    caller, heading = asked.caller, asked.t.plain("memos.kind.active")
    members = diary.members(session, caller)
    found = active_map(session, caller)
    deeds_of = written.by_activity(session, caller, wanted=DiaryFilter(since=asked.since))
    lines = sum(deeds_of.values())
    if not members and not lines and not found.spots:
        return MemoPart(MemoKind.ACTIVE, heading, [asked.say("nothing")])
    said = [asked.say("active.members", n=members), asked.say("active.lines", n=lines)]
    every = len(found.rows) * len(found.directions)
    if every:
        said.append(asked.say("active.vacant", vacant=found.vacant, every=every))
    if found.spots:
        invited = sum(1 for one in found.spots if one.invited_at)
        said.append(asked.say("active.spots", n=len(found.spots), names=asked.names([one.name for one in found.spots])))
        said.append(asked.say("active.invited", n=invited))
    directions = [[f"{one.code}. {one.name}", str(found.totals.get(one.id, 0))] for one in found.directions]
    places = [[one.name, str(one.people)] for one in found.rows]
    deeds = [[one.name, str(deeds_of.get(one.id, 0))] for one in written.activities(session, caller)]
    bars = [(f"{one.code}. {one.short or one.name}", [found.totals.get(one.id, 0)]) for one in found.directions]
    return MemoPart(
        MemoKind.ACTIVE,
        heading,
        said,
        [
            *asked.filled("active_directions", asked.head("direction", "members"), directions, "active"),
            *asked.filled("active_places", asked.head("municipality", "members"), places, "active"),
            *asked.filled("deeds", asked.head("activity", "lines"), deeds, "diary"),
        ],
        [MemoBars(asked.t.plain("memos.table.active_directions"), asked.head("members"), bars[:MOST_BARS])]
        if members and bars
        else [],
    )


def unions(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of groups by kind, or of the one that is asked for."""
    if asked.group_id is not None:
        return _union(session, asked, asked.group_id)
    heading = asked.t.plain("memos.kind.unions")
    found = asked.once(session, groups.report, since=asked.since)
    total = found.total
    if not total.groups:
        return MemoPart(MemoKind.UNIONS, heading, [asked.say("nothing")])
    said = [
        asked.say("unions.working", n=total.groups, members=asked.n("members", total.members)),
        asked.say(
            "unions.met",
            n=total.meetings,
            decisions=asked.n("decisions", total.decisions),
            done=asked.n("decisions", total.done),
        ),
    ]
    if total.overdue:
        said.append(asked.say("unions.overdue", n=total.overdue))
    if total.headless:
        said.append(asked.say("unions.headless", n=total.headless))
    head = [asked.t.plain("reports.panel.groups.kind"), asked.t.plain("reports.panel.groups.count")]
    head += [asked.t.plain(f"reports.panel.groups.{one}") for one in COUNTED[1:]]
    rows = [[one.name, *(str(getattr(one, name)) for name in COUNTED)] for one in found.rows]
    return MemoPart(MemoKind.UNIONS, heading, said, [asked.table("unions", head, rows, "groups")])


def _union(session: Session, asked: MemoAsked, group_id: int) -> MemoPart:
    """Tells of one group, as its own page does."""
    card = one_group.card(session, asked.caller, group_id=group_id)
    begins = midnight(asked.since, asked.caller.zone)
    met = [one for one in card.meetings if one.planned_at >= begins and one.status is GroupMeetingStatus.HELD]
    made = [one for one in card.decisions if one.decision.meeting.planned_at >= begins]
    done = sum(1 for one in made if one.decision.done_on is not None)
    late = sum(1 for one in card.decisions if one.state is DecisionState.OVERDUE)
    said = [
        asked.say("union.members", n=len(card.members), name=card.group.name),
        asked.say("unions.met", n=len(met), decisions=asked.n("decisions", len(made)), done=asked.n("decisions", done)),
        *([asked.say("unions.overdue", n=late)] if late else []),
        *([] if met else [asked.say("union.silent")]),
    ]
    dates = [[f"{one.planned_at.astimezone(asked.caller.zone):%d.%m.%Y}", one.number or "\N{EM DASH}", str(one.members)]
             for one in met]  # fmt: skip
    decided = [[one.decision.text, f"{one.decision.due_on:%d.%m.%Y}" if one.decision.due_on else "\N{EM DASH}",
                asked.t.plain(f"groups.panel.decision.{one.state}")] for one in made]  # fmt: skip
    named = asked.caller.scope.sees_names  # what was decided may name somebody
    results = [[str(one.year), one.text] for one in card.results if one.year >= asked.since.year]
    return MemoPart(
        MemoKind.UNIONS,
        asked.t.plain("memos.kind.union"),
        said,
        [
            *asked.filled("meetings", asked.head("day", "minutes", "group_size"), dates, "groups"),
            *asked.filled("decisions", asked.head("decision", "due", "state"), decided if named else [], "groups"),
            *asked.filled("results", asked.head("year", "result"), results if named else [], "groups"),
        ],
    )


def plan(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells how the lines of every plan stand, and names those that are overdue."""
    heading = asked.t.plain("memos.kind.plan")
    found = [(one, plan_stands(session, asked, one)) for one in plans.plans(session)]
    found = [(one, page) for one, page in found if page.states]
    if not found:
        return MemoPart(MemoKind.PLAN, heading, [asked.say("nothing")])
    said: list[str] = []
    tables: list[MemoTable] = []
    for one, page in found:
        states, every = page.states, sum(page.states.values())
        said.append(asked.say("plan.lines", n=every, title=one.title))
        said.append(asked.say("plan.stand", done=_of(states, LineState.DONE), now=_of(states, LineState.NOW),
                              ahead=_of(states, LineState.AHEAD)))  # fmt: skip
        for rest in (LineState.UNMARKED, LineState.NO_TERM):
            if _of(states, rest):
                said.append(asked.say(f"plan.{rest}", n=_of(states, rest)))
        late = _of(states, LineState.OVERDUE)
        said.append(asked.say("plan.overdue", n=late) if late else asked.say("plan.in_time"))
        rows = [[row.line.text, row.line.section.title, f"{row.upcoming.ends:%d.%m.%Y}" if row.upcoming else ""]
                for row in page.rows]  # fmt: skip
        tables += asked.filled("overdue", asked.head("line", "section", "due"), rows, "plan")
    order = list(LineState)
    names = [asked.t.plain(f"settings.plan.state.{one}") for one in order]
    rows = [[one.title, *(str(_of(page.states, state)) for state in order)] for one, page in found]
    states_table = asked.table("plan", [*asked.head("plan"), *names], rows, "plan")
    bars = [(one.title, [_of(page.states, state) for state in order]) for one, page in found]
    charts = [MemoBars(asked.t.plain("memos.table.plan"), names, bars[:MOST_BARS])]
    return MemoPart(MemoKind.PLAN, heading, said, [states_table, *tables], charts)


def plan_stands(session: Session, asked: MemoAsked, one: Plan) -> PlanPage:
    """Returns how the lines of a plan stand, and those that are overdue, as many as a memo names."""
    late = PlanFilter(state=LineState.OVERDUE)
    return asked.once(session, plans.lines, plan_id=one.id, today=asked.made, wanted=late, limit=LATE_SHOWN)


def _of(states: Mapping[LineState, int], state: LineState) -> int:
    return states.get(state, 0)


def partners(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of the network: members, how their agreements stand, mutual visits by year."""
    heading = asked.t.plain("memos.kind.network")
    found = network.members(session, asked.caller, wanted=MemberFilter(), limit=1)
    years = network.visits(session, wanted=VisitFilter(), limit=1).years
    if not found.named and not years:
        return MemoPart(MemoKind.NETWORK, heading, [asked.say("nothing")])
    about = network.network(session)
    said = [asked.say("network.members", n=found.named)]
    if about is not None and about.declared is not None and about.declared != found.named:
        said.append(asked.say("network.declared", n=about.declared))
    standings = found.standings
    said.append(asked.say("network.signed", n=standings.get(AgreementStanding.SIGNED, 0)))
    if soon := standings.get(AgreementStanding.SOON):
        said.append(asked.say("network.soon", n=soon))
    if over := standings.get(AgreementStanding.OVER):
        said.append(asked.say("network.over", n=over))
    this = next((one for one in years if one.year == asked.made.year), None)
    said.append(asked.say("network.visits", n=this.total if this else 0, year=asked.made.year))
    kinds = [[asked.t.plain(f"settings.network.kind.{one}"), str(found.kinds.get(one, 0))] for one in MemberKind]
    apart = {**standings, AgreementStanding.SIGNED: standings.get(AgreementStanding.SIGNED, 0) - (soon or 0)}
    stand = [[asked.t.plain(f"settings.network.standing.{one}"), str(apart[one])]
             for one in AgreementStanding if apart.get(one)]  # fmt: skip
    visits = [[str(one.year), *map(str, (one.out, one.home, one.between, one.total))] for one in years]
    sides = [asked.t.plain(f"settings.visits.{one}") for one in ("year", "out", "home", "between", "total")]
    return MemoPart(
        MemoKind.NETWORK,
        heading,
        said,
        [
            *asked.filled("partners", asked.head("kind", "count"), kinds, "network"),
            *asked.filled("agreements", asked.head("standing", "count"), stand, "network"),
            *asked.filled("visits", sides, visits, "visits"),
        ],
    )
