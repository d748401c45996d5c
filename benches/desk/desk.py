"""What the measuring scripts share: pages, a fresh `copydesk up`, what its processes hold. Standard library only."""
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time


def page(n):
    """A page with one article, no two alike; the same as that of benches/pipeline.rs."""
    villages, acres = n % 89 + 3, n % 977 + 40
    return (
        f"## 第{n}号田块:合作社为{villages}个村统一育秧\n\n**清河日报讯(记者/车前子 通讯员/万年青)** 3月{n % 28 + 1}日,临川区第{n}合作社的"
        f"育秧大棚里,工人们正把秧盘送上流水线。今年合作社为{villages}个村的{acres}亩早稻统一育秧,每亩可节约成本约{n % 60 + 20}元。\n\n"
        f"理事长介绍,合作社去年投入{n % 500 + 100}万元建成两座智能大棚,育秧期比往年提前一周。区农业农村局派出技术员驻点指导,"
        "志愿者帮助独居老人移栽。\n\n“秧好一半谷。”种粮大户说,有了工厂化育秧,心里踏实多了。\n"
    )


class Desk:
    """`copydesk up` on an empty inbox `bench` and a fresh data folder, with its own server; ended at the end of the `with`."""

    def __init__(self, program, config=None, channels=None):
        self.room = tempfile.TemporaryDirectory(prefix="copydesk-")
        self.inbox = pathlib.Path(self.room.name, "inbox")
        self.data = pathlib.Path(self.room.name, "data")
        self.inbox.mkdir()
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("NATS_", "COPYDESK_"))}
        self.env = {**clean, "COPYDESK_DATA": str(self.data), "COPYDESK_WEB__LISTEN": "127.0.0.1:0"}
        self.program = program
        self.log = open(pathlib.Path(self.room.name, "log"), "wb")
        command = [program, "up", "--inbox", f"bench={self.inbox}"]
        if config:
            file = pathlib.Path(self.room.name, "copydesk.toml")
            file.write_text(config)
            file.with_name("channels.toml").write_text(channels)
            command = [program, "up", "--config", file]
        # A session of its own, for `seconds`.
        self.process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        start_new_session=True)

    def __enter__(self):
        first = self.process.stdout.readline()
        if "is ready" not in first:
            raise SystemExit(pathlib.Path(self.log.name).read_text())
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        self.room.cleanup()

    def url(self):
        return (self.data / "nats.url").read_text().strip()

    def server(self):
        """Process id of its nats-server."""
        return int((self.data / "nats.pid").read_text())

    def page(self):
        """Address of its desk page."""
        for line in pathlib.Path(self.log.name).read_text().splitlines():
            if (event := json.loads(line)).get("message") == "the desk page is up":
                return event["address"]
        raise SystemExit("the log names no desk page")

    def stream(self, name):
        """What `status` says of a stream."""
        return next(stream for stream in self.status()["streams"] if stream["name"] == name)

    def status(self):
        """`copydesk status --json`."""
        out = subprocess.run([self.program, "status", "--json"], env=self.env, capture_output=True, text=True, check=True).stdout
        return json.loads(out)


def held(pid):
    """Kilobytes resident, at most and now, descriptors and threads of a process."""
    lines = (line.split() for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    status = {line[0]: line[1] for line in lines if len(line) > 1}
    return {
        "peak": int(status["VmHWM:"]),
        "rss": int(status["VmRSS:"]),
        "fds": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": int(status["Threads:"]),
    }


def seconds(*sessions):
    """CPU seconds of all processes of these sessions so far."""
    ticks = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:  # It ended.
            continue
        if int(fields[3]) in sessions:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait(what, condition, patience=600, pause=0.05):
    """Waits until `condition()` gives something."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(pause)
    raise SystemExit(f"waited in vain: {what}")
