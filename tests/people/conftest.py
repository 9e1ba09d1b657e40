import pytest
import redis


@pytest.fixture
def fresh_limits(valkey: redis.Redis) -> None:
    """Nothing has been counted against anybody yet: the fixture it asks for forgets this worker's keys."""
