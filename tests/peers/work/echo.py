"""Answers every message with itself, from Python."""
import json
import sys

for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"id": job["id"], "ok": True, "result": job["message"]}), flush=True)
