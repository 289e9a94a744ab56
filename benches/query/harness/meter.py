"""Runs commands, one a line of JSON on stdin, and answers what each cost.

A process of its own, and a small one: Linux counts what the parent had in memory to the peak of a child
that it forked, so the process that starts what is measured must have next to nothing.
"""

import json
import os
import select
import signal
import sys
import time


def start(request, out):
    """Starts the command in a group of its own; its standard error goes to the log."""
    log = request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644
    actions = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_OPEN, 2, *log)]
    command = request["command"]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setpgroup=0)

    def end(*_):
        kill(pid)
        os._exit(1)

    signal.signal(signal.SIGTERM, end)
    return pid


def kill(pid):
    for send in (os.killpg, os.kill):
        try:
            send(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def measure(request):
    """Wall and CPU seconds, peak memory; the output goes to a file."""
    out = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    timed_out = []
    begin = time.perf_counter()
    pid = start(request, out)
    os.close(out)

    def stop(*_):
        timed_out.append(True)
        kill(pid)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, request["limit"])
    _, status, usage = os.wait4(pid, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    wall = time.perf_counter() - begin
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * 1024,
        "status": os.waitstatus_to_exitcode(status),
        "timed_out": bool(timed_out),
    }


def watch(request):
    """Seconds to the first row after the header, and the peak of anonymous memory (mapped files are not in
    it); the output is read and dropped."""
    reader, writer = os.pipe()
    begin = time.perf_counter()
    pid = start(request, writer)
    os.close(writer)
    first, anonymous, head = None, 0, b""
    while time.perf_counter() - begin < request["limit"]:
        ready, _, _ = select.select([reader], [], [], 0.001)
        if ready:
            data = os.read(reader, 1 << 20)
            if not data:
                break
            if first is None:
                head += data
                if b"\n" in head[:-1]:
                    first = time.perf_counter() - begin
        anonymous = max(anonymous, anonymous_memory(pid))
    else:
        kill(pid)
    os.close(reader)
    os.wait4(pid, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return {"first_row": first, "anonymous": anonymous}


def anonymous_memory(pid):
    try:
        with open(f"/proc/{pid}/status", "rb") as status:
            for line in status:
                if line.startswith(b"RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def main():
    for line in sys.stdin:
        request = json.loads(line)
        answer = watch(request) if request["watch"] else measure(request)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
