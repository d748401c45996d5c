"""An independent subscriber: nats-py, a durable JetStream consumer on COPYDESK_ITEMS.

Prints each event as a line and acks it. Ends after --count events, or after --timeout seconds without one.

    python durable.py nats://user:password@127.0.0.1:4222 --count 14
"""

import argparse
import asyncio
import sys

import nats
from nats.errors import TimeoutError as NothingCame


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--timeout", type=float, default=30.0)
    parser.add_argument("--durable", default="reader-py")
    parser.add_argument("--subject", default="copydesk.item.>")
    args = parser.parse_args()

    client = await nats.connect(args.url)
    subscription = await client.jetstream().pull_subscribe(
        args.subject, durable=args.durable, stream="COPYDESK_ITEMS"
    )
    came = 0
    try:
        while came < args.count:
            for message in await subscription.fetch(min(20, args.count - came), timeout=args.timeout):
                sys.stdout.write(message.data.decode() + "\n")
                await message.ack()
                came += 1
    except NothingCame:
        pass
    await client.close()
    return 0 if came == args.count else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
