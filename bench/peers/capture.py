"""Python's usual way to have the whole output of a program: python3 capture.py PROGRAM BYTES

Prints how long it took, in microseconds.
"""
import subprocess
import sys
import time

program, count = sys.argv[1:]
begin = time.perf_counter()
done = subprocess.run([program, count], stdin=subprocess.DEVNULL, capture_output=True, check=True)
took = time.perf_counter() - begin
assert len(done.stdout) == int(count)
print(took * 1e6)
