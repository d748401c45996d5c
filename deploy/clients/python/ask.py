#!/usr/bin/env python3
"""Asks copydesk's service (pip install nats-py); any NATS client can: it is plain request and reply.

    python ask.py URL process PAGE [SOURCE]     a page or an article in, its events out; nothing is published
    python ask.py URL get ID                    the newest revision of an item
    python ask.py URL channels                  the channels there are
"""

import asyncio
import sys
from pathlib import Path

import nats


async def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    url, what, *rest = sys.argv[1:]
    payload, headers = (rest[0].encode() if rest else b""), None
    if what == "process":
        # Issue date and page are read off the path, as in an inbox.
        payload, headers = Path(rest[0]).read_bytes(), {"Copydesk-File": rest[0], "Copydesk-Source": (rest[1:] or ["desk"])[0]}
    client = await nats.connect(url)
    answer = await client.request(f"copydesk.api.{what}", payload, timeout=30, headers=headers)
    await client.close()
    refused = (answer.headers or {}).get("Nats-Service-Error")
    if refused:
        sys.exit(f"{answer.headers['Nats-Service-Error-Code']}: {refused}")
    print(answer.data.decode())


asyncio.run(main())
