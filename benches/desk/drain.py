#!/usr/bin/env python3
"""A backlog of small files drained by `copydesk up` with all its roles: how fast, and how much memory the program ever had resident.

usage: drain.py [--files N] [--most MB] PROGRAM      (`make bench-drain`)

The files lie in one folder that is moved into the inbox of a running desk. Fails above the asked-for megabytes.
"""
import argparse
import pathlib
import sys
import time

import desk


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--most", type=int, default=150)
    parser.add_argument("program")
    args = parser.parse_args()
    with desk.Desk(args.program) as up:
        aside = up.inbox.with_name("aside")
        aside.mkdir()
        for n in range(args.files):
            (aside / f"{n:06}.md").write_text(desk.page(n))
        before = desk.held(up.process.pid)["rss"] / 1000
        began = time.monotonic()
        aside.rename(up.inbox / "pages")

        def drained():
            streams = {stream["name"]: stream for stream in up.status()["streams"]}
            items = streams["COPYDESK_ITEMS"]
            waiting = sum(reader["waiting"] + reader["unacked"] for reader in items["backlog"])
            return streams if items["messages"] >= args.files and not waiting else None

        streams = desk.wait("the last item on its channels", drained, patience=3600, pause=1)
        took = time.monotonic() - began
        memory = desk.held(up.process.pid)
        peak = memory["peak"] / 1000
        print(f"{streams['COPYDESK_ITEMS']['messages']:,} articles of {args.files:,} files, {streams['COPYDESK_CHANNELS']['messages']:,} messages "
              f"to channels, {took:.0f} s, {args.files / took:,.0f} articles/s; resident {before:.0f} MB before, {peak:.0f} MB at most, "
              f"{memory['rss'] / 1000:.0f} MB at the end; {memory['threads']} threads, {streams['COPYDESK_DEAD']['messages']} dead letters")
    if peak > args.most:
        sys.exit(f"more than {args.most} MB")


if __name__ == "__main__":
    main()
