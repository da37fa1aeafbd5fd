"""Every table, imported: what migrations compare with and tests create."""

import db.packs.models  # noqa: F401
from db.base import Base
from db.nouns import models

models()
metadata = Base.metadata
