"""What an AVR reads of its flash: by addresses of 16 bits, and arrays as long as its compiler takes."""

from collections.abc import Iterable

from nas.target.plain_c.model import Network, Tensor
from nas.target.plain_c.program import Program
from nas.target.plain_c.step import Numbers, Step

# The linker puts constants first; the rest of 64 KB is for vectors, settings of layers, and tables of functions.
_NEAR_BYTES = 62 * 1024
# avr-gcc's objects are not larger than the largest difference of two addresses.
_ARRAY_BYTES = 32_767


def out_of_reach(network: Network, program: Program, beside: int = 0) -> tuple[Step, str] | None:
    """Return the step whose constants an AVR cannot read, and why not; None if it reads them all.

    Args:
        network: the model.
        program: its calls.
        beside: bytes of the tables of a front-end.
    """
    steps = [step for step in program.steps if step.constants]
    for step in steps:
        longest = max((c.bytes for c in step.constants if isinstance(c, Numbers)), default=0)
        if reason := too_long(longest):
            return step, reason
    arrays = sum(c.bytes for step in steps for c in step.constants if isinstance(c, Numbers))
    if steps and (reason := too_many(arrays + _scaling_and_check(network) + beside)):
        return steps[-1], reason
    return None


def too_long(array: int) -> str:
    """Return why avr-gcc takes no array of so many bytes; empty if it does."""
    return (
        "" if array <= _ARRAY_BYTES else f"an array of {array:,} B is more than the {_ARRAY_BYTES:,} that avr-gcc takes"
    )


def refusal(reason: str) -> str:
    """Return the lines of C that stop a compiler for AVR with a reason; none without one."""
    return f'#if defined(__AVR__)\n#error "{reason}"\n#endif' if reason else ""


def too_many(constants: int) -> str:
    """Return why an AVR cannot read so many bytes of constants; empty if it can."""
    if constants <= _NEAR_BYTES:
        return ""
    return f"{constants:,} B of constants are more than the {_NEAR_BYTES:,} that an AVR's addresses reach"


def _scaling_and_check(network: Network) -> int:
    """Return the bytes of what turns values into the input, two floats a channel, and of a row with a known answer."""
    return 8 * network.inputs[0].shape[-1] + _bytes(network.inputs) + _bytes(network.outputs)


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.size for tensor in tensors)
