"""Every table, imported: what migrations compare with and tests create."""

from db.base import Base
from db.nouns import models

models()
metadata = Base.metadata
