import redis
import psycopg2
from consortium.embedded.places import Place


def test_servers(valkey):
    assert valkey.ping()
    c = psycopg2.connect(Place.of().database_url)
    cur = c.cursor(); cur.execute("select version()"); print(cur.fetchone())
    c.close()
