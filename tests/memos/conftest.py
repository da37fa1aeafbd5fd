"""A panel over the demo, and any region's pack with an account signed in."""

from tests.reports.conftest import demo as demo
from tests.reports.conftest import visit as visit
from tests.support.region import empty as empty
from tests.support.region import enter as enter
