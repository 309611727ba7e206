#!/usr/bin/env python3
"""Kills `parlance work` and its workers with SIGKILL at random moments, and checks from outside that nothing is lost.

usage: kill_nine.py PARLANCE KILLS MESSAGES SEED MODE

The workers write down each message in a file of their own before they answer; each starts a process that leaves its
session. The checker knows only what was sent, that file, the queue's own counts and /proc. Delivery is at least once:
a message may stand in the file twice, but none may be missing, and in the end the queue is empty and nobody is left.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PARLANCE, KILLS, MESSAGES, SEED, MODE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
PATIENCE_SECONDS = 300

LINES_WORKER = r"""
import json, os, subprocess, sys
out = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
subprocess.Popen(["sleep", "1000"], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
for line in sys.stdin:
    job = json.loads(line)
    os.write(out, b"%d\n" % job["message"])
    print(json.dumps({"id": job["id"], "ok": True}), flush=True)
"""
IPC_WORKER = r"""
import json, os, subprocess, sys
out = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
subprocess.Popen(["sleep", "1000"], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
for line in os.fdopen(os.dup(3), "r"):
    job = json.loads(line)
    os.write(out, b"%d\n" % job["message"])
    os.write(3, (json.dumps({"id": job["id"], "ok": True}) + "\n").encode())
"""
EXEC_WORKER = 'setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo "$2" >>"$1"'


def parlance(*words, **more):
    return subprocess.run([PARLANCE, *words], check=True, capture_output=True, text=True, **more).stdout


def start_work(results, *options):
    command = {"lines": ["python3", "-c", LINES_WORKER, results], "ipc": ["python3", "-c", IPC_WORKER, results],
               "exec": ["sh", "-c", EXEC_WORKER, "sh", results, "{}"]}[MODE]
    prefetch = [] if MODE == "exec" else ["--prefetch", "4"]
    words = [PARLANCE, "work", "jobs", "--mode", MODE, "--procs", "3", "--max-receives", "1000", *prefetch, *options]
    return subprocess.Popen([*words, "--", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def results_in(path):
    with open(path, encoding="ascii") as file:
        return [int(line) for line in file if line.endswith("\n")]


def children_of(pid):
    try:
        return [int(word) for task in os.listdir(f"/proc/{pid}/task")
                for word in open(f"/proc/{pid}/task/{task}/children", encoding="ascii").read().split()]
    except FileNotFoundError:
        return []


def ours():
    """Every process whose environment names our store."""
    mark = b"PARLANCE_STORE=" + os.environ["PARLANCE_STORE"].encode()
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            environment = open(f"/proc/{name}/environ", "rb").read().split(b"\0")
            if int(name) != os.getpid() and mark in environment:
                found.append((int(name), open(f"/proc/{name}/cmdline", "rb").read().replace(b"\0", b" ").decode()))
        except OSError:
            pass
    return found


def kill_some(chance, work):
    """SIGKILL to the work itself or to one of its workers; gives back what was killed."""
    workers = children_of(work.pid)
    victim = work.pid if chance.random() < 0.4 or not workers else chance.choice(workers)
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        return None
    return "work" if victim == work.pid else "worker"


def main():
    chance = random.Random(SEED)
    place = tempfile.mkdtemp(prefix="parlance-kill-")
    os.environ["PARLANCE_STORE"] = os.path.join(place, "store")
    results = os.path.join(place, "results")
    open(results, "w", encoding="ascii").close()
    parlance("queue", "create", "jobs")
    parlance("queue", "send", "jobs", "--lines", input="".join(f"{n}\n" for n in range(MESSAGES)))

    moments = sorted(chance.randrange(MESSAGES) for _ in range(KILLS))
    killed = {"work": 0, "worker": 0}
    deadline = time.monotonic() + PATIENCE_SECONDS
    work = start_work(results)
    for moment in moments:
        while len(results_in(results)) < moment:
            assert work.poll() is None, f"work ended by itself: {work.stderr.read().decode()}"
            assert time.monotonic() < deadline, "it does not get on"
            time.sleep(0.002)
        what = kill_some(chance, work)
        if what:
            killed[what] += 1
        if what == "work":
            work.wait()
            work = start_work(results)
    work.send_signal(signal.SIGTERM)
    said = work.communicate()[1].decode()
    # one that was started just now may not yet have heard that SIGTERM is for it to handle
    assert work.returncode in (0, -signal.SIGTERM), f"the orderly end was {work.returncode}: {said[-2000:]}"
    last = start_work(results, "--until-empty")
    said = last.communicate()[1].decode()
    assert last.returncode == 0, f"the last work ended with {last.returncode}: {said[-2000:]}"

    seen = results_in(results)
    info = json.loads(parlance("queue", "info", "jobs", "--json"))
    missing = set(range(MESSAGES)) - set(seen)
    print(f"{MODE}: killed {killed['work']} times work and {killed['worker']} times a worker; "
          f"{MESSAGES} messages, {len(seen)} results, {len(missing)} lost, {info['msgs']} left")
    assert not missing, f"lost: {sorted(missing)[:20]}"
    assert info["msgs"] == 0, info
    assert "jobs--dead" not in parlance("queue", "list"), "something died"
    assert not ours(), f"left running: {ours()}"
    shutil.rmtree(place)


main()
