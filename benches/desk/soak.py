#!/usr/bin/env python3
"""`copydesk up` at half of what the machine can, for long: memory, descriptors, threads and tasks must not grow.

usage: soak.py PROGRAM      (`make soak-hour`; COPYDESK_SOAK_SECS=3600, COPYDESK_SOAK_RATE=articles a second, else half of what a
burst shows)

Prints a sample every few seconds, tab-separated, and at the end the straight line through them after the warm-up, the first fifth.
Fails where it rises by more than a twentieth over the measured time, where descriptors or tasks are more at the end than they were,
and where an article is missing. Files are deleted when done and the archive is bounded, so that nothing has a reason to grow.

Memory settles after some 120,000 articles (the desk page's lists are full after 60,000): a run of a few minutes may fail by it.
"""
import os
import pathlib
import sys
import time
import urllib.request

import desk

SECONDS = int(os.environ.get("COPYDESK_SOAK_SECS", 3600))
EVERY = max(1, min(5, SECONDS // 100))
# Enough to fill all that is bounded, the lists of the desk page above all: before, memory has a reason to grow.
BURST = 64_000
CONFIG = """
[streams]
items_max_mb = 2000
[broker]
max_store_mb = 60000
[[source]]
name = "bench"
inbox = "inbox"
after = "delete"
"""
CHANNELS = """
defaults = false
[[channel]]
name = "all"
query = "*"
"""


def tasks(up):
    """Tasks of the async runtime, by the desk's own figures."""
    with urllib.request.urlopen(up.page() + "metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("copydesk_tasks ")), 0)


def slope(points):
    """Rise of the least-squares line through `(x, y)`, per x."""
    n = len(points)
    x, y = (sum(values) / n for values in zip(*points))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


class Load:
    """Writes pages, at once or at a pace."""

    def __init__(self, inbox):
        self.inbox, self.written, self.paced = inbox, 0, 0

    def write(self, count):
        for _ in range(count):
            aside = self.inbox / f"{self.written:09}.md.tmp"
            aside.write_text(desk.page(self.written))
            aside.rename(aside.with_suffix(""))
            self.written += 1

    def keep_pace(self, began, rate, until):
        while (now := time.monotonic()) < until:
            due = int((now - began) * rate)
            self.write(due - self.paced)
            self.paced = due
            time.sleep(0.05)


def main():
    with desk.Desk(sys.argv[1], CONFIG, CHANNELS) as up:
        load = Load(up.inbox)
        delivered = lambda: up.stream("COPYDESK_CHANNELS")["last_sequence"]  # noqa: E731
        all_came = lambda: delivered() >= load.written  # noqa: E731
        began = time.monotonic()
        load.write(BURST)
        desk.wait("the burst", all_came)
        capacity = BURST / (time.monotonic() - began)
        rate = float(os.environ.get("COPYDESK_SOAK_RATE", capacity / 2))
        print(f"a burst went at {capacity:,.0f} articles/s; {rate:,.0f} articles/s for {SECONDS} s", flush=True)
        print("s", "written", "MB", "fds", "threads", "tasks", "server MB", "server fds", sep="\t")
        began, samples = time.monotonic(), []
        while (now := time.monotonic() - began) < SECONDS:
            load.keep_pace(began, rate, began + now + EVERY)
            ours, server = desk.held(up.process.pid), desk.held(up.server())
            sample = (time.monotonic() - began, load.written, ours["rss"] / 1000, ours["fds"], ours["threads"], tasks(up),
                      server["rss"] / 1000, server["fds"])
            samples.append(sample)
            print(*(f"{value:.1f}" if isinstance(value, float) else value for value in sample), sep="\t", flush=True)
        desk.wait("the last article", all_came, patience=120)
        dead = up.stream("COPYDESK_DEAD")["last_sequence"]
        came, files = delivered(), len(list(up.inbox.iterdir()))
    settled = samples[len(samples) // 5:]
    lasts = settled[-1][0] - settled[0][0]
    mean = sum(sample[2] for sample in settled) / len(settled)
    rise = slope([(sample[0], sample[2]) for sample in settled])
    quarter = max(1, len(settled) // 4)
    most = lambda part, column: max(sample[column] for sample in part)  # noqa: E731
    ends = {name: (most(settled[:quarter], column), most(settled[-quarter:], column))
            for name, column in (("descriptors", 3), ("threads", 4), ("tasks", 5))}
    print(f"{load.written:,} articles written, {came:,} came, {dead} dead letters, {files} files left; resident {mean:.0f} MB, "
          f"rising by {rise * 3600:+.2f} MB an hour over {lasts:.0f} s; "
          + ", ".join(f"{name} {first} then {last}" for name, (first, last) in ends.items()))
    faults = [f"memory rises: {rise * lasts:.1f} MB"] if rise * lasts > mean / 20 else []
    faults += [f"{name} grow" for name, (first, last) in ends.items() if last > first + 2]
    faults += ["articles are missing or came twice"] if came != load.written or dead or files else []
    if faults:
        sys.exit("; ".join(faults))


if __name__ == "__main__":
    main()
