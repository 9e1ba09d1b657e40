"""The tus 1.0 resumable upload protocol as a pure engine: headers in, decisions and bytes on disk out.

`protocol` reads and checks headers; `staging` keeps the bytes of unfinished uploads; `endpoint` moves a PATCH body
from the socket to the disk while a view (reached through the inner application) decides whether it may.
Source: https://tus.io/protocols/resumable-upload (core, creation, checksum, termination, expiration).
"""
