#!/usr/bin/env python3
"""The examples that serve HTTP, with a real client: 1,000 connections, none lost, no descriptor left open on either
side, and no process when they were told to end.

usage: serving.py EXAMPLES-FOLDER -- COMMAND...   that says "listens on PORT" (`{examples}` stands for the folder)
"""
import collections
import concurrent.futures
import http.client
import os
import signal
import subprocess
import sys
import time

CONNECTIONS, AT_ONCE, PATIENCE = 1000, 16, 60


def until(is_so, what):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {PATIENCE} s")
        time.sleep(0.01)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(each) for each in file.read().split()]


def descriptors_of(pids):
    return {pid: len(os.listdir(f"/proc/{pid}/fd")) for pid in pids}


def get(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        response = connection.getresponse()
        return f"{response.status} {response.read().decode().strip()}"
    except (OSError, http.client.HTTPException) as fault:
        return f"lost: {fault!r}"
    finally:
        connection.close()


def get_many(port, count):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as clients:
        return collections.Counter(clients.map(lambda _: get(port), range(count)))


def main():
    examples, command = sys.argv[1], sys.argv[3:]
    command = [each.replace("{examples}", examples) for each in command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        words = server.stdout.readline().split()
        port = int(words[-1])
        until(lambda: len(children_of(server.pid)) == 2, "two workers")
        until(lambda: len(get_many(port, 2 * AT_ONCE)) >= 2, "answers of both workers")
        processes = [server.pid, *children_of(server.pid)]
        before = descriptors_of(processes)
        answers = get_many(port, CONNECTIONS)
        if len(answers) != 2 or sum(answers.values()) != CONNECTIONS or not all(a.startswith("200 ") for a in answers):
            sys.exit(f"not every connection was answered by a worker: {answers}")
        until(lambda: all(n <= before[pid] for pid, n in descriptors_of(processes).items()),
              f"as many descriptors as before, {before}, and not {descriptors_of(processes)}")
        server.send_signal(signal.SIGTERM)
        said = server.stdout.read()
        if server.wait(PATIENCE) != 0:
            sys.exit(f"it ended with {server.returncode}: {said}")
    until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in processes), "no process is left")
    print(f"{CONNECTIONS} connections, {dict(answers)}; descriptors {before}; {said}")


main()
