"""One stylesheet on the wire: what `@import` names is written into the file that imports it, layer by layer.

The sources stay small files; a phone far away asks once instead of seventeen times.
"""

import re
from collections.abc import Callable
from posixpath import dirname, join, normpath, relpath

_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([\w-]+)\);')
_URL = re.compile(r'url\("(?!data:|/|#)([^"]+)"\)')


def flattened(name: str, read: Callable[[str], str]) -> str:
    """The stylesheet `name` with its imports in place. `read` gives the text of a stylesheet by its name."""
    home = dirname(name)

    def written_in(found: re.Match[str]) -> str:
        other = normpath(join(home, found[1]))

        def from_home(url: re.Match[str]) -> str:
            return f'url("{relpath(normpath(join(dirname(other), url[1])), home)}")'

        return f"@layer {found[2]} {{\n{_URL.sub(from_home, read(other))}}}"

    return _IMPORT.sub(written_in, read(name))
