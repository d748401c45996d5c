#!/usr/bin/env python3
"""The watcher of copydesk beside inotifywait, watchfiles and notify-debouncer-full: the same cases for each, one after the other,
each with a process of its own that prints length, SHA-256 and path of what it hands out, read at that moment.

usage: watchers.py [--cases N] [--burst N] [--only NAME] WATCH_PRINT DEBOUNCER      (`make bench-watchers` sets up what it needs)

Of each file counts what was handed out last and before: complete (its last content came), half (something came that no writer ever
meant to be whole), twice (the same whole came again), missed (its last content never came).
"""
import argparse
import collections
import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

# No case waits longer for what is missing: longer than copydesk's own periodic walk (30 s).
PATIENCE = 40
# After the last file something may still come twice.
LATE = 4


def text(n, lines=40):
    return "".join(f"file {n} line {i}\n" for i in range(lines)).encode() + b"end\n"


# --- cases: each writes files and gives {path: [whole contents, the last one last]} -------------------------------------------------

def nested(root, outside, cases, _):
    expected = {}
    for n in range(cases):
        path = f"{n}/s1/s2/page.md"
        (root / path).parent.mkdir(parents=True)
        (root / path).write_bytes(text(n))
        expected[path] = [text(n)]
    return expected


def burst(root, outside, cases, _):
    for n in range(cases):
        (root / f"{n}.md").write_bytes(text(n, 4))
    return {f"{n}.md": [text(n, 4)] for n in range(cases)}


def written(root, cases, steps, pause):
    """All files open at once, each written in so many steps."""
    files = [(root / f"{n}.md").open("wb", buffering=0) for n in range(cases)]
    for step in range(steps):
        for n, file in enumerate(files):
            whole = text(n)
            file.write(whole[len(whole) * step // steps:len(whole) * (step + 1) // steps])
            if step == steps - 1:
                file.close()
        time.sleep(pause)
    return {f"{n}.md": [text(n)] for n in range(cases)}


def slow(root, outside, cases, _):
    return written(root, cases, 20, 0.1)


def stalled(root, outside, cases, _):
    return written(root, cases, 2, 5)


def renamed(root, outside, cases, _):
    for n in range(cases):
        aside = root / f"{n}.md.tmp" if n % 2 else outside / f"{n}.md"
        aside.write_bytes(text(n))
        aside.rename(root / f"{n}.md")
    return {f"{n}.md": [text(n)] for n in range(cases)}


def moved_in(root, outside, cases, _):
    for n in range(cases):
        (outside / f"{n}/a").mkdir(parents=True)
        (outside / f"{n}/a/page.md").write_bytes(text(n))
        (outside / f"{n}").rename(root / f"{n}")
    return {f"{n}/a/page.md": [text(n)] for n in range(cases)}


def linked(root, outside, cases, _):
    for n in range(cases):
        (outside / f"{n}.md").write_bytes(text(n))
        (root / f"{n}.md").hardlink_to(outside / f"{n}.md")
    return {f"{n}.md": [text(n)] for n in range(cases)}


def overwritten(root, outside, cases, _):
    """Written, closed, and at once written over in place, in eight pieces, while a reader may be at the first."""
    rng, expected = random.Random(7), {}
    for n in range(cases):
        path = root / f"{n}.md"
        first, second = text(2 * n, 20_000), text(2 * n + 1, 20_000)[:-4] + b"over\n"
        path.write_bytes(first)
        time.sleep(rng.uniform(0, 0.01))
        with path.open("r+b", buffering=0) as file:
            for piece in range(8):
                file.write(second[len(second) * piece // 8:len(second) * (piece + 1) // 8])
                time.sleep(0.002)
            file.truncate(len(second))
        expected[path.name] = [first, second]
    return expected


def recreated(root, outside, cases, handed):
    """The root deleted with all in it and made again, a file in it; the next when this one came, or after a while."""
    expected, answers = {}, collections.deque([True], maxlen=10)
    for n in range(cases):
        shutil.rmtree(root)
        time.sleep((n % 3) * 0.01)
        root.mkdir()
        (root / f"{n}.md").write_bytes(text(n))
        expected[f"{n}.md"] = [text(n)]
        # Who has been silent ten times over is not waited for again.
        deadline = time.monotonic() + (5 if any(answers) else 0.02)
        while f"{n}.md" not in handed and time.monotonic() < deadline:
            time.sleep(0.005)
        answers.append(f"{n}.md" in handed)
    return expected


CASES = {
    "nested `mkdir -p` and write": nested,
    "burst": burst,
    "slow writers": slow,
    "stalled writers": stalled,
    "renamed into place": renamed,
    "folders moved in": moved_in,
    "hard links": linked,
    "overwritten while read": overwritten,
    "root deleted and recreated": recreated,
}


# --- peers, as their users use them -----------------------------------------------------------------------------------------------

def say(root, path):
    """Reads what was handed out, and says what it was; folders and what is gone already are nothing."""
    try:
        data = pathlib.Path(path).read_bytes()
    except OSError:
        return
    print(len(data), hashlib.sha256(data).hexdigest(), os.path.relpath(path, root), sep="\t", flush=True)


def peer_inotifywait(root):
    """`inotifywait -m -r`, a file read when it was closed after writing or moved into place."""
    command = ["inotifywait", "-m", "-r", "-q", "-e", "close_write", "-e", "moved_to", "--format", "%w%f", root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            say(root, line.rstrip("\n"))


def peer_watchfiles(root):
    """`watchfiles.watch` with its defaults, a file read when it was added or modified."""
    from watchfiles import Change, watch

    for changes in watch(root):
        for change, path in changes:
            if change != Change.deleted:
                say(root, path)


# --- the run ----------------------------------------------------------------------------------------------------------------------

class Watcher:
    """A running watcher and what it handed out: {path: [hash, …]}."""

    def __init__(self, command, root):
        self.handed, self.last = collections.defaultdict(list), time.monotonic()
        # A group of its own: a peer's script ends with the program it started.
        self.process = subprocess.Popen([*command, str(root)], stdout=subprocess.PIPE, text=True, start_new_session=True)
        threading.Thread(target=self.listen, daemon=True).start()
        self.settle_in(root)

    def listen(self):
        for line in self.process.stdout:
            _, digest, path = line.rstrip("\n").split("\t")
            self.handed[path].append(digest)
            self.last = time.monotonic()

    def settle_in(self, root):
        """Files are written until one is handed out: from then on it watches."""
        deadline = time.monotonic() + 20
        while not self.handed and time.monotonic() < deadline:
            (root / f"probe-{time.monotonic_ns()}").write_bytes(b"probe")
            time.sleep(0.5)
        time.sleep(3)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def run(case, command, cases):
    """How many of a case's files came complete, half, twice, not at all."""
    with tempfile.TemporaryDirectory() as room:
        root, outside = pathlib.Path(room, "inbox"), pathlib.Path(room, "outside")
        root.mkdir()
        outside.mkdir()
        watcher = Watcher(command, root)
        expected = case(root, outside, cases, watcher.handed)
        expected = {path: [hashlib.sha256(whole).hexdigest() for whole in wholes] for path, wholes in expected.items()}
        watcher.last = time.monotonic()
        # Files of a root that was deleted are gone: their case has waited for each.
        while time.monotonic() - watcher.last < (LATE if case is recreated else PATIENCE):
            if all(wholes[-1] in watcher.handed.get(path, ()) for path, wholes in expected.items()):
                break
            time.sleep(0.1)
        time.sleep(LATE)
        watcher.stop()
        count = collections.Counter()
        for path, wholes in expected.items():
            came = watcher.handed.get(path, [])
            count["complete"] += wholes[-1] in came
            count["missed"] += wholes[-1] not in came
            count["half"] += any(digest not in wholes for digest in came)
            count["twice"] += any(came.count(whole) > 1 for whole in wholes)
        return count


def main():
    if sys.argv[1:2] == ["--peer"]:
        return globals()[f"peer_{sys.argv[2]}"](sys.argv[3])
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--burst", type=int, default=20_000)
    parser.add_argument("--only", default="")
    parser.add_argument("watch_print")
    parser.add_argument("debouncer")
    args = parser.parse_args()
    this = [sys.executable, __file__, "--peer"]
    watchers = {"copydesk": [args.watch_print]}
    if shutil.which("inotifywait"):
        watchers["inotifywait"] = [*this, "inotifywait"]
    else:
        print("inotifywait cannot be had: skipped (Debian: apt install inotify-tools)")
    try:
        import watchfiles  # noqa: F401
        watchers["watchfiles"] = [*this, "watchfiles"]
    except ImportError:
        print("watchfiles cannot be had: skipped")
    if os.access(args.debouncer, os.X_OK):
        watchers["notify-debouncer-full"] = [args.debouncer]
    else:
        print("notify-debouncer-full cannot be had: skipped")
    print("| case | files |", " | ".join(watchers), "|\n|---|---|" + "---|" * len(watchers), flush=True)
    ours = collections.Counter()
    for name, case in CASES.items():
        if args.only not in name:
            continue
        cases = args.burst if case is burst else args.cases
        row = [name, f"{cases:,}"]
        for watcher, command in watchers.items():
            count = run(case, command, cases)
            row.append(" / ".join(f"{count[kind]:,}" for kind in ("complete", "half", "twice", "missed")))
            if watcher == "copydesk":
                ours += count
        print("|", " | ".join(row), "|", flush=True)
    print("complete / half / twice / missed")
    if ours["half"] or ours["twice"] or ours["missed"]:
        sys.exit("copydesk is not to miss, halve or double a file")


if __name__ == "__main__":
    main()
