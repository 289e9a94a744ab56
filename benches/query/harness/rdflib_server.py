"""Loads N-Quads into rdflib and answers queries, one a line of JSON on stdin."""

import json
import resource
import signal
import sys
import time

import rdflib


class TimedOut(BaseException):
    """Raised by the alarm; no handler of errors in rdflib catches it."""


def cost(begin):
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": time.perf_counter() - begin[0],
        "cpu": time.process_time() - begin[1],
        "peak": usage.ru_maxrss * 1024,
    }


def ask(dataset, request):
    begin = time.perf_counter(), time.process_time()
    with open(request["query"], encoding="utf-8") as file:
        text = file.read()
    try:
        signal.setitimer(signal.ITIMER_REAL, request["limit"])
        answer = dataset.query(text).serialize(format="csv")
        said = cost(begin)
    except TimedOut:
        return {"timed_out": True}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    with open(request["answer"], "wb") as file:
        file.write(answer)
    return said


def alarm(*_):
    raise TimedOut


def main():
    begin = time.perf_counter(), time.process_time()
    dataset = rdflib.Dataset()
    dataset.parse(sys.argv[1], format="nquads")
    print(json.dumps(cost(begin)), flush=True)
    signal.signal(signal.SIGALRM, alarm)
    for line in sys.stdin:
        print(json.dumps(ask(dataset, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
