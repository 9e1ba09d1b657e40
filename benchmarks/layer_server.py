"""A room on the layer that comes with Channels: what `room` compares the web process with.

Run as ``python -m benchmarks.layer_server REDIS_URL PORT``. It is served as we serve, and does nothing else.
"""

import sys
from typing import Any

import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

GROUP = "room"
LAYER = "channels_redis.pubsub.RedisPubSubChannelLayer"


class Listener(AsyncWebsocketConsumer):  # type: ignore[misc]
    """As the documentation of Channels has it: everybody of a group hears what one of them says."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send(GROUP, {"type": "told", "text": text_data})

    async def told(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


def main(redis: str, port: int) -> None:
    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": LAYER, "CONFIG": {"hosts": [redis]}}})
    app = ProtocolTypeRouter({"websocket": Listener.as_asgi()})
    uvicorn.run(
        app, host="127.0.0.1", port=port, ws="websockets-sansio", ws_per_message_deflate=False, backlog=4096,
        lifespan="off", log_level="critical",
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
