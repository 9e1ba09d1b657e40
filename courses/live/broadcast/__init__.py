"""From a lecturer's browser to parts that every viewer can play, as a pure engine.

ffmpeg (a program of its own) turns what a browser records into two fragmented MP4 streams, picture and sound. What it
writes is kept as it comes, one file a run and rung, beside a list of where each part lies; parts, segments, the whole
lecture and its recording are spans of these files. No rows and no settings: whoever uses it says which folder.
"""
