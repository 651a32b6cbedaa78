#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A server under fire: workers, clients and the server itself are killed at
random, by SIGKILL, while clients take random episodes, alone and three at a
time in batches, and record them.

    PYTHONPATH=build/release/python build/venv/bin/python bench/env/chaos.py
        [--minutes M] [--clients N] [--seed S]

Clients are forks of this process, which has loaded everything: on a busy machine
they would otherwise be killed while they start.

What must hold at the end, or the exit code is 1:

  rows     every episode whose Record was acknowledged is in the store, with its
           actions, reward and state
  rewards  the rewards that a client was given add up to its episode's, and the
           episode taken again in this process has the same reward and state
  leaks    no process of ours is left once the last server has stopped, and no
           file in its temporary folder
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import hone
from hone import client

ROOT = pathlib.Path(__file__).resolve().parents[2]
HONE = os.environ.get("HONE", ROOT / "build/release/bin/hone")
MARK = "HONE_CHAOS"
REWARD = "ir-instructions-oz"


# --- A client -----------------------------------------------------------------


def be_client(address, seed, log, temporary):
    """Episodes without end; a line of the log for each acknowledged one."""
    os.environ["TMPDIR"] = str(temporary)
    draw = random.Random(seed)
    connection = client.connect(address, recovery_seconds=60)
    programs = hone.bundled_benchmarks()
    with open(log, "a", buffering=1) as out:
        while True:
            try:
                for line in episodes(connection, draw, programs):
                    out.write(json.dumps(line) + "\n")
            except hone.Error as error:
                out.write(json.dumps({"error": f"{error.kind}: {error}"}) + "\n")


def episodes(connection, draw, programs):
    """One, or three that step together."""
    uris = draw.choices(programs, k=draw.choice((1, 1, 3)))
    envs = []
    try:
        for uri in uris:
            envs.append(connection.make("llvm", reward=REWARD))
            envs[-1].reset(uri)
        gained, lost = [0.0] * len(envs), [0] * len(envs)
        for _ in range(draw.randint(1, 10)):
            length = draw.choice((1, 1, 4))
            rows = [[draw.randrange(len(env.actions)) for _ in range(length)] for env in envs]
            for i, taken in enumerate(steps(connection, envs, rows)):
                reward, *_, failures = taken
                gained[i] += reward
                lost[i] += len(failures)
            if draw.random() < 0.1:
                draw.choice(envs).fork().close()
        for i, env in enumerate(envs):
            yield {
                "episode": env.record(),
                "program": uris[i],
                "gained": gained[i],
                "lost": lost[i],
                "recoveries": env.recoveries,
            }
    finally:
        for env in envs:
            env.close()


def steps(connection, envs, rows):
    if len(envs) == 1:
        return [envs[0].multistep(rows[0])]
    together = connection.step_together(envs, rows)
    for taken in together:
        if isinstance(taken, hone.Error):
            raise taken
    return together


# --- Processes ----------------------------------------------------------------


def ours(mark):
    """The processes, but this one, that were started by this run."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            environment = (path / "environ").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        named = f"{MARK}={mark}".encode() in environment.split(b"\0")
        if named and state != "Z" and int(path.name) != os.getpid():
            found.append(int(path.name))
    return found


def workers(mark):
    named = []
    for pid in ours(mark):
        try:
            if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "hone-worker":
                named.append(pid)
        except OSError:
            pass
    return named


class Battlefield:
    def __init__(self, folder, arguments):
        self.folder, self.arguments = folder, arguments
        self.address = f"unix:{folder}/socket"
        self.store = folder / "episodes.db"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.mark = folder.name
        self.environment = dict(os.environ, TMPDIR=str(self.temporary), **{MARK: self.mark})
        self.killed = {"worker": 0, "client": 0, "server": 0}
        self.started = 0
        self.server = self.start_server()
        self.clients = [self.start_client() for _ in range(arguments.clients)]

    def start_server(self):
        command = [HONE, "serve", "--grpc", self.address]
        command += ["--store", self.store, "--lease-seconds", "5", "--json"]
        server = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        server.stdout.readline()  # it listens
        return server

    def start_client(self):
        self.started += 1
        seed = self.arguments.seed * 10000 + self.started
        log = self.folder / f"client-{self.started}.jsonl"
        client = multiprocessing.get_context("fork").Process(
            target=be_client, args=(self.address, seed, log, self.temporary), daemon=True
        )
        client.start()
        return client

    def strike(self, draw):
        """Kills one process, and starts another where that is not done for us."""
        kind = draw.choices(("worker", "client", "server"), (6, 3, 1))[0]
        if kind == "worker":
            alive = workers(self.mark)
            if not alive:
                return
            try:
                os.kill(draw.choice(alive), signal.SIGKILL)
            except ProcessLookupError:
                return
        elif kind == "client":
            index = draw.randrange(len(self.clients))
            kill(self.clients[index])
            self.clients[index] = self.start_client()
        else:
            end(self.server, signal.SIGKILL)
            self.server = self.start_server()
        self.killed[kind] += 1

    def stop(self):
        for client in self.clients:
            kill(client)
        return end(self.server, signal.SIGTERM)


def kill(client):
    client.kill()
    client.join(60)


def end(process, with_signal):
    process.send_signal(with_signal)
    code = process.wait(timeout=60)
    if process.stdout:
        process.stdout.close()
    return code


# --- The verdict --------------------------------------------------------------


def read_logs(folder):
    lines = []
    for path in sorted(folder.glob("client-*.jsonl")):
        for text in path.read_text().splitlines():
            try:
                lines.append(json.loads(text))
            except json.JSONDecodeError:
                pass  # the client was killed while it wrote: not acknowledged
    return lines


def judge(battlefield):
    """What is wrong, a line each; and how much was looked at."""
    wrong = []
    lines = read_logs(battlefield.folder)
    errors = [line["error"] for line in lines if "error" in line]
    done = [line for line in lines if "episode" in line]
    stored = {
        (row["benchmark"], row["action"]): row
        for row in hone.Store(str(battlefield.store)).steps()
        if row["depth"]
    }
    taken_again = {}
    for line in done:
        fields = line["episode"].split(",", 5)
        benchmark, reward, state, actions = fields[1], float(fields[3]), fields[4], fields[5]
        row = stored.get((benchmark, actions))
        if actions and (
            row is None
            or row["reward"] != reward
            or json.loads(row["observation"])["state"] != state
        ):
            wrong.append(f"not in the store: {line['episode'][:200]}")
        if abs(line["gained"] - reward) > 1e-9:
            wrong.append(f"rewards of {line['gained']}: {line['episode'][:200]}")
        local = ",".join([fields[0], line["program"].replace(",", "%2C"), *fields[2:]])
        taken_again[line["episode"]] = local
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(hone.validate, taken_again.values())
        for episode, validation in zip(taken_again, found):
            if not validation.ok:
                wrong.append(f"taken again, it ends elsewhere: {episode[:200]}")
    return wrong, done, errors


def leaks(battlefield):
    deadline = time.monotonic() + 5
    while ours(battlefield.mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    wrong = [f"process {pid} is left" for pid in ours(battlefield.mark)]
    files = [path for path in battlefield.temporary.rglob("*") if path.is_file()]
    wrong += [f"file {path} is left" for path in files]
    # Below hone-UID nothing may be left of any server.
    folders = [path for path in battlefield.temporary.glob("*/*") if path.is_dir()]
    return wrong + [f"folder {path} is left" for path in folders]


def fight(arguments):
    draw = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="hone-chaos-") as folder:
        battlefield = Battlefield(pathlib.Path(folder), arguments)
        end_time = time.monotonic() + arguments.minutes * 60
        while time.monotonic() < end_time:
            time.sleep(draw.uniform(0, 2 * arguments.pause))
            battlefield.strike(draw)
        code = battlefield.stop()
        wrong = leaks(battlefield)
        if code != 0:
            wrong.append(f"the last server ended with {code}")
        more, done, errors = judge(battlefield)
        wrong += more
        killed = battlefield.killed
    recovered = sum(line["recoveries"] for line in done)
    lost = sum(line["lost"] for line in done)
    print("| minutes | workers killed | clients killed | servers killed | episodes recorded |"
          " sessions made again | actions lost | calls failed | wrong |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    print(f"| {arguments.minutes:g} | {killed['worker']} | {killed['client']} | {killed['server']} |"
          f" {len(done)} | {recovered} | {lost} | {len(errors)} | {len(wrong)} |")
    for line in (wrong + errors)[:20]:
        print(line, file=sys.stderr)
    return 1 if wrong or not done else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between strikes")
    parser.add_argument("--seed", type=int, default=1)
    return fight(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
