#!/usr/bin/env python3
"""A subscriber of copydesk in Python (pip install nats-py): keeps the items of a channel in SQLite.

    python subscribe.py URL CHANNEL                    live: what comes from now on
    python subscribe.py URL CHANNEL --since start      replay what the channel holds, then live; or --since 48 (hours)
    python subscribe.py URL CHANNEL --durable NAME     durable: nothing missed, goes on where it stopped

URL is the line in .copydesk/nats.url. With a user that `copydesk channel grant` made, NAME is that user.
Prints a line for each change: action, id.revision, headline. --count N ends after N of them.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
from datetime import datetime, timedelta, timezone

import nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

STREAM = "COPYDESK_CHANNELS"


class Items:
    """What we show: a row an article. What was taken away leaves its revision behind, so that nothing older brings it back."""

    def __init__(self, file: str):
        self.db = sqlite3.connect(file)
        self.db.execute("CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, revision INTEGER, title TEXT, body TEXT)")

    def apply(self, event: dict) -> bool:
        """Whether it changes anything: a message may come twice, or behind a later one of the same article."""
        item, enrichment = event["data"]["item"], event["data"]["enrichment"]
        gone = enrichment["action"] in ("kill", "withdraw")
        title, body = (None, None) if gone else (item["title"], item["bodies"][0]["value"])
        with self.db:  # committed before it is acked
            done = self.db.execute(
                "INSERT INTO item VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET revision = excluded.revision, title = excluded.title, body = excluded.body"
                " WHERE excluded.revision > item.revision",
                (event["subject"], enrichment["revision"], title, body),
            )
        return done.rowcount == 1


async def durable(js, subject: str, name: str):
    """Messages of a consumer that the server remembers; one that was not acked comes again."""
    try:
        await js.consumer_info(STREAM, name)
    except NotFoundError:
        config = ConsumerConfig(durable_name=name, filter_subject=subject, ack_policy=AckPolicy.EXPLICIT)
        await js.add_consumer(STREAM, config)
    consumer = await js.pull_subscribe_bind(name, stream=STREAM)
    print("listening", file=sys.stderr, flush=True)
    while True:
        try:
            # A fetch of several would wait for all of them.
            for message in await consumer.fetch(1, timeout=30):
                yield message
        except nats.errors.TimeoutError:
            pass  # nothing new


async def ordered(js, subject: str, since: str | None):
    """Messages in order without a memory on the server: from a moment on, or from now on."""
    if since is None:
        config = ConsumerConfig(deliver_policy=DeliverPolicy.NEW)
    elif since == "start":
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    else:
        start = datetime.now(timezone.utc) - timedelta(hours=float(since))
        config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=start.isoformat())
    subscription = await js.subscribe(subject, stream=STREAM, ordered_consumer=True, config=config)
    print("listening", file=sys.stderr, flush=True)
    async for message in subscription.messages:
        yield message


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("channel")
    parser.add_argument("--since")
    parser.add_argument("--durable")
    parser.add_argument("--items", default=":memory:", help="SQLite file; keep it as long as the durable consumer")
    parser.add_argument("--count", type=int)
    args = parser.parse_args()

    # A granted user hears the inboxes of its own name only.
    inbox = f"_INBOX_{args.durable}" if args.durable else "_INBOX"
    client = await nats.connect(args.url, inbox_prefix=inbox.encode(), max_reconnect_attempts=-1)
    js, subject, items = client.jetstream(), f"copydesk.channel.{args.channel}.*", Items(args.items)
    changes = 0
    messages = durable(js, subject, args.durable) if args.durable else ordered(js, subject, args.since)
    async for message in messages:
        event = json.loads(message.data)
        if items.apply(event):
            print(event["data"]["enrichment"]["action"], event["id"], event["data"]["item"]["title"], flush=True)
            changes += 1
        if args.durable:
            await message.ack_sync()
        if changes == args.count:
            break
    await client.close()


asyncio.run(main())
