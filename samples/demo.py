#!/usr/bin/env python3
"""The demo: a fresh desk, the sample pages dropped into its inbox while it runs, and what each channel receives.

Exits non-zero when an article, a byline, a topic or a delivery is missing. The checks read what the channels hold and
compare it with expected.json, which the program under test never sees.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 60  # seconds for anything to happen on a slow machine


def colour(code, text):
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


def fail(message):
    print(colour("31", f"demo failed: {message}"), file=sys.stderr)
    sys.exit(1)


def channels(command, expected_items):
    """Everything the channels hold, by channel and article, once as many articles as expected are there and it is quiet."""
    deadline, before = time.time() + PATIENCE, None
    while time.time() < deadline:
        lines = subprocess.run([*command, "tail", "*", "--no-follow", "--format", "ndjson"], capture_output=True, text=True)
        held = lines.stdout.splitlines() if lines.returncode == 0 else []
        if held and held == before and len({json.loads(line)["subject"] for line in held}) >= expected_items:
            break
        before = held
        time.sleep(0.5)
    # One event a line says nothing of its channel: ask each channel by name.
    names = [line.split()[0] for line in subprocess.run([*command, "channel", "list"], capture_output=True, text=True).stdout.splitlines()]
    result = {}
    for name in names:
        out = subprocess.run([*command, "tail", name, "--no-follow", "--format", "ndjson"], capture_output=True, text=True)
        result[name] = {e["subject"]: e["data"] for e in map(json.loads, out.stdout.splitlines())}
    return result


def plain(text):
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def headline(data, role="main"):
    return next((h["value"] for h in data["item"].get("headlines", []) if h["role"] == role), "")


def missing(expected, held):
    """What a careful editor would miss."""
    items = [d for d in held["all"].values() if d["enrichment"]["action"] != "kill"]
    for want in expected["articles"]:
        found = [d for d in items if plain(headline(d)) == plain(want["headline"])]
        if len(found) != 1:
            yield f"{want['headline']}: {len(found)} items"
            continue
        item, e = found[0]["item"], found[0]["enrichment"]
        text = plain(item["bodies"][0]["value"])
        people = [p["name"] for p in (e.get("byline") or {}).get("people", [])]
        topics = {t["id"] for t in e["topics"]}
        checks = {
            "kicker": plain(headline(found[0], "kicker")) == plain(want["kicker"]),
            "deck": plain(headline(found[0], "deck")) == plain(want["deck"]),
            "byline": people == [p["name"] for p in (want["byline"] or {}).get("people", [])],
            "joined with its continuation": not want["joined"] or (e.get("continuation") or {}).get("joined") is True,
            "beginning": text.startswith(plain(want["opens"])),
            "end": text.endswith(plain(want["closes"])),
            "topics": set(want["topics"]) <= topics and not topics & set(want.get("topicsNot", [])),
            "topic channels": all(e["id"] in held[t] for t in want["topics"]),
            "evidence": all(t["evidence"] for t in e["topics"]),
        }
        for what, good in checks.items():
            if not good:
                yield f"{want['headline']}: {what}"
    if len(items) != expected["articlesAfterJoining"]:
        yield f"{len(items)} items instead of {expected['articlesAfterJoining']}"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: demo.py PATH-OF-COPYDESK")
    expected = json.loads((HERE / "expected.json").read_text())
    folder = Path(tempfile.mkdtemp(prefix="copydesk-demo-"))
    inbox, data = folder / "inbox", folder / "data"
    inbox.mkdir()
    # A private server of its own, whatever NATS the user's environment names.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NATS_", "COPYDESK_"))}
    os.environ.clear()
    os.environ.update(environment, XDG_CONFIG_HOME=str(folder))
    config = folder / "copydesk.toml"
    source = expected["source"]
    config.write_text(
        f'[[source]]\nname = "{source["name"]}"\ntitle = "{source["title"]}"\nhome = "{source["home"]}"\ninbox = "inbox"\n'
    )
    command = [sys.argv[1], "--config", str(config), "--data", str(data)]
    log = open(folder / "log.json", "w")
    desk = subprocess.Popen([*command, "up"], stdout=subprocess.PIPE, stderr=log, text=True)
    tail = None
    try:
        if "ready" not in (desk.stdout.readline() or ""):
            fail("the desk did not start: " + (folder / "log.json").read_text()[-600:])
        print(colour("1", f"The desk is up. Dropping two pages of {source['title']} into its inbox.\n"), flush=True)
        tail = subprocess.Popen([*command, "tail", "*", "--since", "start"])
        for page in sorted((HERE / source["name"]).rglob("*.md")):
            target = inbox / page.relative_to(HERE / source["name"])
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, target)
            time.sleep(1)
        held = channels(command, expected["articlesAfterJoining"])
        time.sleep(1)  # let the terminal have the last of it
    finally:
        if tail:
            tail.terminate()
            tail.wait()
        desk.send_signal(signal.SIGTERM)
        try:
            status = desk.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            desk.kill()
            status = "killed"
        log.close()
    print(colour("1", "What each channel received"))
    for name, items in held.items():
        if items:
            print(f"  {colour('32', name.ljust(14))} {len(items):>3}   {headline(next(iter(items.values()))) or '…'}")
    faults = list(missing(expected, held))
    if status != 0:
        faults.append(f"the desk ended with {status}, see {folder / 'log.json'}")
    if faults:
        for fault in faults:
            print(colour("31", f"  missing: {fault}"), file=sys.stderr)
        fail(f"{len(faults)} thing(s) missing; everything is kept in {folder}")
    total = sum(map(len, held.values()))
    print(colour("32", f"\n{expected['articlesAfterJoining']} articles, {total} deliveries, nothing missing."))
    print("Next: `make run`, put a page into ./inbox, and `target/release/copydesk tail all` in another terminal.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
