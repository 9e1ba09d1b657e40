"""Voice notes: decoded by ffmpeg in a process of its own, measured, and written anew without anything but the sound."""

from typing import Final

#: What the kept sound is called in its folder.
NAME: Final = "sound.mp3"
