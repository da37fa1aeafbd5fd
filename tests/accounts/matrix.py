"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {
    "staff.index": Row(one("/settings/staff/"), "nobody", ("admin",)),
    "staff.export": Row(one("/settings/staff.xlsx", "/settings/staff/list.xlsx"), "nobody", ("admin",)),
    "staff.new": Row(one("/settings/staff/new"), "nobody", ("admin",), form=lambda side: {"login": "new"}),
    "staff.edit": Row(one("/settings/staff/{staff}"), "nobody", ("admin",), form=lambda side: {"name": ""}),
    "staff.password": Row(one("/settings/staff/{staff}/password"), "nobody", ("admin",)),
    "staff.connect": Row(one("/settings/staff/{staff}/connect"), "nobody", ("admin",)),
    "staff.logout": Row(one("/settings/staff/{staff}/logout"), "nobody", ("admin",)),
    "staff.disconnect": Row(one("/settings/staff/{staff}/disconnect"), "nobody", ("admin",)),
}
