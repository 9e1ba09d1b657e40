"""Uploads a file with PyPI's tuspy; a process of its own, so that it may be killed.

argv: url, session cookie, CSRF cookie, case, path, store.
"""

import sys
from pathlib import Path
from typing import Any

from tusclient import client
from tusclient.storage import filestorage

CHUNK = 256 * 1024


def main() -> None:
    url, session, csrf, case_id, path, store = sys.argv[1:7]
    headers = {"Cookie": f"{session}; {csrf}", "X-CSRFToken": csrf.partition("=")[2]}
    site = client.TusClient(f"{url}/api/v1/uploads/", headers=headers)
    storage: Any = filestorage.FileStorage
    uploader: Any = site.uploader(
        path, chunk_size=CHUNK, metadata={"case": case_id, "filename": Path(path).name}, store_url=True,
        url_storage=storage(store), upload_checksum=True, retries=200, retry_delay=0.2,
    )  # fmt: skip
    print(f"resumed at {uploader.offset}", flush=True)
    while uploader.offset < uploader.get_file_size():
        uploader.upload_chunk()
        print(f"at {uploader.offset}", flush=True)
    print(f"done {uploader.url}", flush=True)


if __name__ == "__main__":
    main()
