"""Taps of one's own route."""

from aiogram.filters.callback_data import CallbackData

from db.routes.models import RouteReader, StepOutcome, StepSetting


class OpenRouteTap(CallbackData, prefix="rt"):
    """The own route."""


class RouteOfferTap(CallbackData, prefix="rt_n"):
    """A step that could come next: the first, or «Другой шаг»."""

    number: int = 0


class RouteTakeTap(CallbackData, prefix="rt_t"):
    """«Взять этот шаг» of a result."""

    attempt: int
    item: str


class RouteEventTap(CallbackData, prefix="rt_e"):
    """An event comes into the route."""

    event_id: int


class RouteItemTap(CallbackData, prefix="rt_i"):
    """One item."""

    item_id: int


class RouteDaysTap(CallbackData, prefix="rt_p"):
    """When to try a step: the days to choose from."""

    item_id: int


class RouteDayTap(CallbackData, prefix="rt_d"):
    """A chosen day (`date.toordinal`); with whom, comes next."""

    item_id: int
    day: int


class RoutePlanTap(CallbackData, prefix="rt_s"):
    """With whom, on the chosen day."""

    item_id: int
    day: int
    setting: StepSetting


class RouteOutcomeTap(CallbackData, prefix="rt_o"):
    """How a step went."""

    item_id: int
    outcome: StepOutcome


class RouteWordTap(CallbackData, prefix="rt_w"):
    """A line about how it went, once more."""

    item_id: int


class RouteDropTap(CallbackData, prefix="rt_x"):
    """Leaves an item out of the route."""

    item_id: int


class RouteUndoTap(CallbackData, prefix="rt_u"):
    """It was a wrong tap: the item goes on."""

    item_id: int


class RoutePastTap(CallbackData, prefix="rt_h"):
    """What is done already."""

    page: int = 0


class RoutePauseTap(CallbackData, prefix="rt_z"):
    """A pause; or the route goes on."""

    pause: bool


class RouteFinishTap(CallbackData, prefix="rt_f"):
    """Ends the route; with `sure` it is meant."""

    sure: bool = False


class RouteYearTap(CallbackData, prefix="rt_y"):
    """«План на год»."""

    page: int = 0


class RouteDraftTap(CallbackData, prefix="rt_yd"):
    """Drafts the plan from the last result."""


class RouteAgreeTap(CallbackData, prefix="rt_yg"):
    """«Принять весь план»."""


class RouteAcceptTap(CallbackData, prefix="rt_ya"):
    """Takes one proposed line."""

    item_id: int


class RouteSwapTap(CallbackData, prefix="rt_ys"):
    """Something else instead of a line."""

    item_id: int


class RouteLaterTap(CallbackData, prefix="rt_yl"):
    """A line moves to the next month."""

    item_id: int


class RouteTryTap(CallbackData, prefix="rt_yb"):
    """A practice of the plan becomes the step of one's own lesson."""

    item_id: int


class RouteProveTap(CallbackData, prefix="rt_yp"):
    """«Сделано»: a word or a link that shows it is awaited."""

    item_id: int


class RouteOwnTap(CallbackData, prefix="rt_yo"):
    """A line in one's own words."""


class RouteSharingTap(CallbackData, prefix="rt_v"):
    """Whom the route is open to."""


class RouteShareTap(CallbackData, prefix="rt_vo"):
    """Opens it: `of` is the pair of a mentor, the group of a head, 0 for methodists."""

    reader: RouteReader
    of: int


class RouteRevokeTap(CallbackData, prefix="rt_vx"):
    """Closes it to somebody."""

    share_id: int


class RouteCommentsTap(CallbackData, prefix="rt_vm"):
    """What was said of the own route."""

    page: int = 0


class RoutesOpenedTap(CallbackData, prefix="rt_vl"):
    """Routes that others have opened to one."""

    page: int = 0


class RouteLookTap(CallbackData, prefix="rt_vr"):
    """One of them."""

    share_id: int
    page: int = 0


class RouteCommentTap(CallbackData, prefix="rt_vc"):
    """Something to say of it."""

    share_id: int
