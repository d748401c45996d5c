#!/usr/bin/env python3
"""The demo: a fresh desk, the sample pages dropped into its inbox while it runs, and what each channel receives.

Exits non-zero when an article, a byline, a topic or a delivery is missing. The checks read what the channels hold and
compare it with expected.json, which the program under test never sees. On a terminal, or with --stay, the desk then
stays up with its page until Ctrl-C.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.request
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


def free(port):
    """The port when nobody has it, else 0: any."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def desk_page(log):
    """Where the desk page is, as the log says."""
    for line in log.read_text().splitlines():
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("message") == "the desk page is up":
            return event["address"]
    fail("the log names no desk page")


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


def report(expected, held, listed):
    """Tells what each channel received, and gives back what is missing."""
    print(colour("1", "What each channel received"))
    for name, items in held.items():
        if items:
            print(f"  {colour('32', name.ljust(14))} {len(items):>3}   {headline(next(iter(items.values()))) or '…'}")
    faults = list(missing(expected, held))
    if {i["id"] for i in listed} != {d["enrichment"]["id"] for d in held["all"].values()}:
        faults.append(f"the desk page lists {len(listed)} items")
    if not faults:
        total = sum(map(len, held.values()))
        print(colour("32", f"\n{expected['articlesAfterJoining']} articles, {total} deliveries, nothing missing."))
    return faults


def main():
    arguments = [a for a in sys.argv[1:] if a != "--stay"]
    if len(arguments) != 1:
        sys.exit("usage: demo.py [--stay] PATH-OF-COPYDESK")
    stay = "--stay" in sys.argv or (sys.stdin.isatty() and sys.stdout.isatty())
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
        f'[web]\nlisten = "127.0.0.1:{free(8470)}"\n'
    )
    command = [arguments[0], "--config", str(config), "--data", str(data)]
    log = open(folder / "log.json", "w")
    desk = subprocess.Popen([*command, "up"], stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
    tail, faults = None, []
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
        tail.terminate()
        tail.wait()
        address = desk_page(folder / "log.json")
        with urllib.request.urlopen(f"{address}api/desk/items") as answer:
            listed = json.load(answer)["items"]
        faults = report(expected, held, listed)
        if stay and not faults:
            print(colour("1", f"\nThe desk page with these items: {address}") + "   (Ctrl-C ends the desk)")
            print("The same from Python, in another terminal (pip install nats-py):")
            print(f'  python3 deploy/clients/python/subscribe.py "$(cat {data}/nats.url)" all --since start', flush=True)
            try:
                desk.wait()
            except KeyboardInterrupt:
                print()
    finally:
        if tail and tail.poll() is None:
            tail.terminate()
            tail.wait()
        desk.send_signal(signal.SIGTERM)
        try:
            status = desk.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            desk.kill()
            status = "killed"
        log.close()
    if status != 0:
        faults.append(f"the desk ended with {status}, see {folder / 'log.json'}")
    if faults:
        for fault in faults:
            print(colour("31", f"  missing: {fault}"), file=sys.stderr)
        fail(f"{len(faults)} thing(s) missing; everything is kept in {folder}")
    if not stay:
        print("Next: `make demo-desk` for the desk page with these items;")
    print("`make run`, put a page into ./inbox, and `target/release/copydesk tail all` in another terminal.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
