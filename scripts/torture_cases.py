"""What Python's openvino.AsyncInferQueue does in faults beyond those of the peers' own program, one for each thing that
InferQueue's contract (docs/queue.md) promises. Each case runs in a process of its own.

usage: torture_cases.py [CASE…] [--timeout 20]   Prints one JSON line a case: {"case", "outcome"}.
outcome: ok; not offered, with the signature that has no way to ask for it; hang (no answer within the timeout), crash
(the signal), or what went wrong. The case of the same name in CamelCase, Torture.…, asks the same of InferQueue.
"""

import argparse
import gc
import json
import os
import sys
import threading
import weakref

from torture_device import (FAIL, FAILED, MOST, STAND, Device, drain, settled, without_method, without_parameter,
                            works)
from torture_process import ended

CASES = {}


def case(clause: str):
    """A case of this clause of the contract; its docstring is what is asked. The function returns the outcome."""
    def add(function):
        function.clause = clause
        CASES[function.__name__] = function
        return function
    return add


NEW = "this release offers it: the case has yet to use it"


class Datum:
    """User data that can be watched."""


@case("1")
def refused_submission_keeps_nothing():
    """Of a submission that is refused for its shape nothing is kept: no callback, and its user data is let go."""
    device, heard = Device(), []
    queue = device.queue(2, lambda request, user: heard.append(user))
    datum = Datum()
    watched = weakref.ref(datum)
    try:
        queue.start_async({0: device.ov.Tensor(device.np.zeros((1, 7), device.np.float32))}, datum)
        return "it was accepted"
    except Exception:  # whatever it is
        pass
    del datum
    gc.collect()
    queue.wait_all()
    if heard:
        return f"{len(heard)} callbacks"
    return "ok" if watched() is None else "its user data is kept"


@case("1")
def cancelled_request_never_runs():
    """A request that waits for a slot can be cancelled; then it never runs."""
    return without_method(Device(), "cancel", "cancel_all") or NEW


@case("1")
def expired_request_never_runs():
    """A request that has no slot by its expiry never runs."""
    return without_parameter(Device(), "start_async", "expire", "timeout", "deadline") or NEW


@case("1, 2")
def cancel_what_runs_keeps_the_slot():
    """Cancelling a request that runs leaves it one outcome, and the queue works on."""
    device, count = Device(), [0]
    queue = device.queue(1, lambda request, user: count.__setitem__(0, count[0] + 1))
    device.stand(queue)
    queue[0].cancel()
    device.go_on.set()
    raised = drain(queue)
    if count[0] + len(raised) != 1:
        return f"raised by {len(raised)} of {MOST} wait_all; {works(device, queue, count)}"
    return works(device, queue, count)


@case("2, 3")
def failing_inference_keeps_the_slots():
    """An inference that throws reaches wait_all once, with its message, and no callback; the queue works on."""
    device, count = Device(), [0]
    queue = device.queue(2, lambda request, user: count.__setitem__(0, count[0] + 1))
    refused = 0
    for i in range(4):
        try:
            queue.start_async(device.told(FAIL if i == 0 else 1), i)
        except Exception:  # an earlier one's error
            refused += 1
    raised = drain(queue)
    if refused or len(raised) != 1 or settled(count, 3) != 3:
        return (f"raised by {refused} of 4 start_async and {len(raised)} of {MOST} wait_all; "
                f"{works(device, queue, count)}")
    return works(device, queue, count) if FAILED in raised[0] else f"it is raised as {raised[0]!r}"


@case("2")
def user_data_that_throws_keeps_the_slots():
    """User data that throws where its language lets it (C++: copied or moved; Python: destroyed) costs no slot."""
    class Throwing:
        def __del__(self) -> None:
            raise ValueError("user data")

    device, count = Device(), [0]
    queue = device.queue(2, lambda request, user: count.__setitem__(0, count[0] + 1))
    for _ in range(6):
        queue.start_async(device.told(1), Throwing())
    queue.wait_all()
    return works(device, queue, count) if count[0] == 6 else f"{count[0]} of 6 callbacks"


@case("3")
def every_error_reaches_one_place():
    """Two callbacks that throw and two inferences: each of the four errors is told once."""
    device, submitted = Device(), threading.Event()

    def callback(_request, user) -> None:
        submitted.wait()  # start_async() would raise it too
        raise ValueError(f"callback {user}")

    queue = device.queue(4, callback)
    for i in range(4):
        queue.start_async(device.told(FAIL if i % 2 else 1), i)
    submitted.set()
    raised = drain(queue)
    told = {name: sum(name in text for text in raised) for name in ("callback 0", "callback 2", FAILED)}
    if list(told.values()) == [1, 1, 2]:
        return "ok"
    callbacks = told["callback 0"] + told["callback 2"]
    return f"of {MOST} wait_all, {told[FAILED]} raise an inference's error and {callbacks} a callback's"


@case("4")
def bounded_wait_ends():
    """A wait with a bound ends where the device stands still, and nothing is lost (Python: each request's wait_for)."""
    device, count = Device(), [0]
    queue = device.queue(1, lambda request, user: count.__setitem__(0, count[0] + 1))
    device.stand(queue)
    done = [request.wait_for(5) for request in queue]
    device.go_on.set()
    queue.wait_all()
    if any(done):
        return "the wait says that it is done"
    return "ok" if count[0] == 1 else f"{count[0]} of 1 callbacks"


@case("4")
def bounded_submission_ends():
    """A submission with a bound ends where every slot is busy, and is not accepted."""
    return without_parameter(Device(), "start_async", "timeout", "wait") or NEW


@case("4")
def wait_all_waits_for_callbacks():
    """wait_all returns when the callbacks of all that was submitted before have returned: 100 times 8 requests."""
    device, count = Device(), [0]
    queue = device.queue(4, lambda request, user: count.__setitem__(0, count[0] + 1))
    for number in range(1, 101):
        for _ in range(8):
            queue.start_async(device.told(1))
        queue.wait_all()
        if count[0] != number * 8:
            return f"in round {number}, {count[0] - (number - 1) * 8} of 8 callbacks had returned"
    return "ok"


@case("4")
def wait_all_ends_while_others_submit():
    """wait_all ends though another thread submits all the time, and no callback is lost."""
    device, count, submitted = Device(), [0], [0]
    queue = device.queue(2, lambda request, user: count.__setitem__(0, count[0] + 1))
    began, enough = threading.Event(), threading.Event()

    def submit() -> None:
        while not enough.is_set():
            queue.start_async(device.told(1))
            submitted[0] += 1
            began.set()

    thread = threading.Thread(target=submit)
    thread.start()
    began.wait()
    for _ in range(20):
        queue.wait_all()
    enough.set()
    thread.join()
    queue.wait_all()
    return "ok" if count == submitted else f"{count[0]} of {submitted[0]} callbacks"


@case("5")
def wait_all_in_callback_does_not_hang():
    """wait_all in a callback comes back, refused or not, and the queue works on."""
    device, count = Device(), [0]

    def callback(_request, _user) -> None:
        count[0] += 1
        if count[0] == 1:
            try:
                queue.wait_all()
            except Exception:  # a refusal
                pass

    queue = device.queue(1, callback)
    queue.start_async(device.told(1))
    queue.wait_all()
    return works(device, queue, count)


@case("5")
def submission_beyond_the_bound_is_refused():
    """Where every slot is busy, a submission can be put in line up to a bound, and is refused beyond, not blocked."""
    return without_parameter(Device(), "start_async", "pending", "block", "backpressure") or NEW


@case("5")
def destroy_in_callback():
    """A callback lets go of the queue while another request runs: no deadlock, both callbacks are called."""
    device, holder, called = Device(), [], threading.Semaphore(0)

    def callback(_request, user) -> None:
        if user == 0:
            holder.clear()
        called.release()

    holder.append(device.queue(2, callback))
    holder[0].start_async(device.told(STAND), 0)
    device.standing.acquire()
    holder[0].start_async(device.told(STAND), 1)
    device.standing.acquire()
    device.go_on.set()
    for _ in range(2):
        called.acquire()
    return "ok"


@case("6")
def destroy_while_the_device_stands_still():
    """Destroying the queue ends, within a bound, though the device never completes a request."""
    device = Device()
    queue = device.queue(1)
    device.stand(queue)
    del queue
    gc.collect()
    device.go_on.set()
    return "ok"


@case("6")
def destroy_while_a_thread_submits():
    """The queue is let go while a thread is blocked in start_async: it comes back, what it submitted ends."""
    device, count, done = Device(), [0], threading.Semaphore(0)

    def callback(_request, _user) -> None:
        count[0] += 1
        done.release()

    holder = [device.queue(1, callback)]
    device.stand(holder[0])
    inside = threading.Event()

    def submit(queue) -> None:
        inside.set()
        queue.start_async(device.told(1))

    thread = threading.Thread(target=lambda: submit(holder[0]))
    thread.start()
    inside.wait()
    holder.clear()
    device.go_on.set()
    thread.join()
    for _ in range(2):
        done.acquire()
    return "ok"


@case("6")
def closing_wakes_who_waits():
    """The queue can be closed while a thread is blocked in start_async; the thread is told at once."""
    return without_method(Device(), "close", "shutdown", "stop", "__exit__") or NEW


@case("6")
def core_and_model_may_go_first():
    """The core and the compiled model are let go before the queue is used and destroyed."""
    device, count = Device(), [0]
    queue = device.queue(2, lambda request, user: count.__setitem__(0, count[0] + 1))
    device.model = None
    gc.collect()
    return works(device, queue, count)


@case("6")
def destroy_with_errors_that_nobody_took():
    """Destroying a queue whose callbacks have thrown, without a wait_all, is quiet."""
    device, submitted, called = Device(), threading.Event(), threading.Semaphore(0)

    def callback(_request, _user) -> None:
        submitted.wait()  # start_async() would raise it too
        called.release()
        raise ValueError("nobody listens")

    for _ in range(20):
        submitted.clear()
        queue = device.queue(2, callback)
        for _ in range(2):
            queue.start_async(device.told(1))
        submitted.set()
        for _ in range(2):
            called.acquire()
        del queue
    return "ok"


@case("7")
def results_in_order():
    """A later request that ends first is delivered after the earlier one, if that is asked for."""
    device, order, second = Device(), [], threading.Event()

    def callback(_request, user) -> None:
        order.append(user)
        if user == 1:
            second.set()

    missing = without_parameter(device, "__init__", "order")
    queue = device.queue(2, callback)
    device.stand(queue, 0)
    queue.start_async(device.told(1), 1)
    second.wait(2)
    device.go_on.set()
    queue.wait_all()
    return "ok" if order == [0, 1] else f"{missing or 'out of order'}; delivered as they end"


@case("–")
def kept_results_stay():
    """The results that a callback has kept are the same after its slot has run ten others."""
    device, kept = Device(), []
    queue = device.queue(1, lambda request, user: kept.append(next(iter(request.results.values()))))
    for i in range(11):
        queue.start_async(device.told(i))
    queue.wait_all()
    found = [float(result.flat[0]) for result in kept]
    return "ok" if found == [float(i) for i in range(11)] else f"they read {found}"


def outcome_of(name: str, timeout: float) -> str:
    how, child = ended([sys.executable, __file__, "--run", name], timeout)
    return how or (child.stdout.strip().splitlines() or ["error: it ended without an answer"])[-1]


def run(name: str) -> None:
    """Prints the outcome, before anything that the case has left is destroyed."""
    try:
        print(CASES[name](), flush=True)
    except Exception as error:  # whatever the case didn't expect is its outcome
        print(f"{type(error).__name__}: {(str(error).strip().splitlines() or ['?'])[0]}", flush=True)
    os._exit(0)  # how the interpreter ends with a queue left behind is not what is asked


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("cases", nargs="*")
    ap.add_argument("--timeout", type=float, default=20)
    ap.add_argument("--run", help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.run:
        run(a.run)
    for name in a.cases or CASES:
        print(json.dumps({"case": name, "outcome": outcome_of(name, a.timeout)}), flush=True)


if __name__ == "__main__":
    main()
