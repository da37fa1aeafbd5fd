"""What tests of programmes share."""

from tests.support.region import empty as empty
from tests.support.region import enter as enter
