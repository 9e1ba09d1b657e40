"""Questions, exams and credits."""

from courses.assessment.models.imports import ItemImport
from courses.assessment.models.items import Item, ItemVersion
from courses.assessment.models.pictures import Picture
from courses.assessment.models.responses import Response

__all__ = ["Item", "ItemImport", "ItemVersion", "Picture", "Response"]
