"""The few marks in which lessons are written: paragraphs, headings, lists, pictures, and the stages of a case.

Pure: text in, blocks out; a template shows them, so nothing that somebody wrote becomes markup.

    # A heading            - a line of a list           ![what it shows](id of a picture)
    > A line that stands out                            --- alone on a line: the next stage of a case
"""

from courses.library.prose.reading import Block, blocks, pictures_in, stages

__all__ = ["Block", "blocks", "pictures_in", "stages"]
