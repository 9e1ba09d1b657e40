"""From an uploaded film to what is streamed, as a pure engine: probing, planning, ffmpeg's commands, playlists.

No rows and no settings: the operations say what is to be made and keep what came of it. ffmpeg and ffprobe are always
programs of their own (`running`), with limits of memory and time, and open nothing but the one file.
"""
