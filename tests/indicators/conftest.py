"""What tests of monitoring share."""

from tests.support.region import empty as empty
from tests.support.region import enter as enter
