"""A device for the Python cases of torture_cases.py, in the real runtime, that fails or stands still as its input says;
what AsyncInferQueue doesn't offer; and what it does after a fault.
"""

import inspect
import threading
import time

FAIL, STAND = -1, -2  # what the first value of an input asks for
FAILED = "the device failed as it was told"


class Device:
    """A model [1,4] on the CPU, in the real runtime: it copies, fails or stands still as its input says."""

    def __init__(self) -> None:
        import numpy as np
        import openvino as ov
        self.np, self.ov, self.go_on, self.begun = np, ov, threading.Event(), 0
        self.standing = threading.Semaphore(0)
        device = self

        class Command(ov.Op):
            def __init__(self, inputs=None) -> None:
                super().__init__(self, inputs)

            def validate_and_infer_types(self) -> None:
                self.set_output_type(0, self.get_input_element_type(0), self.get_input_partial_shape(0))

            def clone_with_new_inputs(self, new_inputs):
                return Command(new_inputs)

            def has_evaluate(self) -> bool:
                return True

            def evaluate(self, outputs, inputs) -> bool:
                device.evaluate(inputs[0].data.flat[0])
                inputs[0].copy_to(outputs[0])
                return True

        x = ov.opset13.parameter([1, 4], np.float32, name="x")
        # Two streams, so that one inference that stands doesn't hold up another.
        self.model = ov.Core().compile_model(ov.Model([Command([x])], [x], "command"), "CPU",
                                             {"NUM_STREAMS": 2, "INFERENCE_NUM_THREADS": 2})

    def evaluate(self, first: float) -> None:
        self.begun += 1
        if first == FAIL:
            raise RuntimeError(FAILED)
        if first == STAND:
            self.standing.release()
            self.go_on.wait()

    def queue(self, jobs: int, callback=None):
        made = self.ov.AsyncInferQueue(self.model, jobs)
        if callback:
            made.set_callback(callback)
        return made

    def told(self, first: float) -> dict:
        return {0: self.np.full((1, 4), first, self.np.float32)}

    def stand(self, queue, userdata=None) -> None:
        """Occupies a slot until go_on is set."""
        queue.start_async(self.told(STAND), userdata)
        self.standing.acquire()


def signature(function) -> str:
    """As Python knows it, or, for what is compiled, as the first line of its documentation says it."""
    try:
        return f"{function.__name__}{inspect.signature(function)}"
    except ValueError:
        shown = (function.__doc__ or "?").splitlines()[0].replace("openvino._pyopenvino.", "")
        return shown.replace("typing.SupportsInt | typing.SupportsIndex", "int")


def without_parameter(device: Device, name: str, *wanted: str) -> str | None:
    """The outcome where the method takes nothing of what is wanted; None where it does: then the case must use it."""
    shown = signature(getattr(device.ov.AsyncInferQueue, name))
    return None if any(word in shown for word in wanted) else f"not offered: {shown}"


def without_method(device: Device, *wanted: str) -> str | None:
    there = [name for name in dir(device.ov.AsyncInferQueue) if not name.startswith("_")]
    return None if set(wanted) & set(there) else f"not offered: it has {', '.join(there)}"


MOST = 8


def drain(queue) -> list[str]:
    """What wait_all() raises, until it raises nothing or has been asked MOST times."""
    raised = []
    for _ in range(MOST):
        try:
            queue.wait_all()
            break
        except Exception as error:  # whatever it is
            raised.append(str(error))
    return raised


def settled(count: list[int], wanted: int) -> int:
    """The count of callbacks, when it is as wanted or after a second: a wait_all() that raises doesn't wait for all."""
    deadline = time.monotonic() + 1
    while count[0] != wanted and time.monotonic() < deadline:
        time.sleep(.001)
    return count[0]


def works(device: Device, queue, count: list[int]) -> str:
    """The outcome of ten more requests, which must be accepted and have their callbacks."""
    before, accepted = count[0], 0
    for _ in range(10):
        try:
            queue.start_async(device.told(1), -1)
            accepted += 1
        except Exception:  # refused
            pass
    if accepted < 10:
        return f"{accepted} of 10 later submissions are accepted"
    queue.wait_all()
    return "ok" if count[0] == before + 10 else f"{count[0] - before} of 10 later callbacks"
