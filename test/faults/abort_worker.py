"""Aborts the busiest worker of a process, as a fault in it would, at a moment in which it runs: abort_worker.py PID."""
import ctypes, os, platform, sys, time

pid = int(sys.argv[1])
TGKILL = {"x86_64": 234, "aarch64": 131}[platform.machine()]


def stat(task):
    with open(f"/proc/{pid}/task/{task}/stat") as file:
        return file.read().rpartition(")")[2].split()


tasks = [task for task in os.listdir(f"/proc/{pid}/task") if task != str(pid)]
busiest = max(tasks, key=lambda task: int(stat(task)[11]) + int(stat(task)[12]))
deadline = time.time() + 2
while stat(busiest)[0] != "R" and time.time() < deadline:
    pass
ctypes.CDLL(None).syscall(TGKILL, pid, int(busiest), 6)
