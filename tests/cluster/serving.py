#!/usr/bin/env python3
"""The examples that serve HTTP, with a real client: 1,000 connections, none lost, no descriptor left open on either
side; told to end, they answer who has begun to ask, and leave no process; killed, they leave none either.

usage: serving.py EXAMPLES-FOLDER -- COMMAND...   that says "listens on PORT" (`{examples}` stands for the folder)
"""
import atexit
import collections
import concurrent.futures
import http.client
import os
import signal
import socket
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


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE).close()
        return True
    except ConnectionError:
        return False


def at_rest(pids):
    """Their descriptors, when connections of before are gone: the same number for a while."""
    seen = []
    until(lambda: seen.append(descriptors_of(pids)) or (len(seen) > 20 and all(each == seen[-1] for each in seen[-20:])),
          "nothing is opened or closed any more")
    return seen[-1]


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


def started(command):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    atexit.register(server.kill)  # does nothing where it was waited for
    port = int(server.stdout.readline().split()[-1])
    until(lambda: len(children_of(server.pid)) == 2, "two workers")
    until(lambda: len(get_many(port, 2 * AT_ONCE)) >= 2, "answers of both workers")
    return server, port, [server.pid, *children_of(server.pid)]


def until_gone(processes):
    until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in processes), "no process is left")


def main():
    examples, command = sys.argv[1], sys.argv[3:]
    command = [each.replace("{examples}", examples) for each in command]
    server, port, processes = started(command)
    before = at_rest(processes)
    answers = get_many(port, CONNECTIONS)
    if len(answers) != 2 or sum(answers.values()) != CONNECTIONS or not all(a.startswith("200 ") for a in answers):
        sys.exit(f"not every connection was answered by a worker: {answers}")
    until(lambda: all(n <= before[pid] for pid, n in descriptors_of(processes).items()),
          f"as many descriptors as before, {before}, and not {descriptors_of(processes)}")
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: me\r\n")
        until(lambda: sum(descriptors_of(processes[1:]).values()) > sum(before[pid] for pid in processes[1:]),
              "a worker has it")
        server.send_signal(signal.SIGTERM)
        until(lambda: not listens(port), "the port is closed")
        slow.sendall(b"Connection: close\r\n\r\n")
        answer = slow.makefile("rb").read()
    if b"200 OK" not in answer or b"worker" not in answer:
        sys.exit(f"who was slow got {answer}")
    said = server.stdout.read()
    if server.wait(PATIENCE) != 0:
        sys.exit(f"it ended with {server.returncode}: {said}")
    until_gone(processes)
    server, _, killed = started(command)
    server.kill()
    server.wait()
    until_gone(killed)
    print(f"{CONNECTIONS} connections, {dict(answers)}; descriptors {before}; {said}")


main()
