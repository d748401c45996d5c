"""An independent user of the services: nats-py, plain requests. Prints what it learns as one JSON object.

    python services.py nats://… PAGE
"""

import asyncio
import json
import sys

import nats


async def main() -> None:
    url, page = sys.argv[1], open(sys.argv[2], "rb").read()
    client = await nats.connect(url)

    async def ask_all(subject: str) -> list:
        """Everybody's answer within a second, as `nats micro` asks."""
        inbox = client.new_inbox()
        answers = await client.subscribe(inbox)
        await client.publish(subject, b"", reply=inbox)
        found = []
        try:
            while True:
                found.append(json.loads((await answers.next_msg(timeout=1)).data))
        except nats.errors.TimeoutError:
            return found

    async def request(what: str, payload: bytes, **headers: str) -> dict:
        answer = await client.request(
            f"copydesk.api.{what}", payload, timeout=30, headers={f"Copydesk-{k}": v for k, v in headers.items()} or None
        )
        code = (answer.headers or {}).get("Nats-Service-Error-Code")
        if code is not None:
            return {"code": int(code), "error": answer.headers["Nats-Service-Error"]}
        return json.loads(answer.data)

    processed = await request("process", page, Source="rsrb", File="20250318/01.md")
    burst = await asyncio.gather(*(request("channels", b"") for _ in range(200)))
    print(json.dumps({
        "ping": await ask_all("$SRV.PING"),
        "info": await ask_all("$SRV.INFO.copydesk"),
        "processed": processed,
        "got": await request("get", processed["events"][0]["subject"].encode()),
        "channels": await request("channels", b""),
        "burst": [answer.get("code", 200) for answer in burst],
        "refused": [
            await request("process", b""),
            await request("process", b"x" * (1 << 20 | 1)),
            await request("process", page, Source="no such"),
            await request("process", b"\n\n \n"),
            await request("get", b"nonsense"),
            await request("get", b"*.>-20250318-01-aaaaaaaa"),
            await request("get", b"rsrb-20250318-01-aaaaaaaa"),
            await request("get", b"\xff\xfe"),
        ],
        "stats": await ask_all("$SRV.STATS.copydesk"),
    }))
    await client.close()


asyncio.run(main())
