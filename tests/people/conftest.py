import pytest
from django.core.cache import cache


@pytest.fixture
def fresh_limits() -> None:
    """Nothing has been counted against anybody yet."""
    cache.clear()
