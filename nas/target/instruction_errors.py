"""The errors of the instruction fits: native/tables/instructions.py writes the lines of the table."""

from collections.abc import Mapping

# By core and kernels: the relative error within which 90 % of the models lie that a fit had not seen, of models with
# integers and of float models. Where a core computes floats in software, their instructions depend on the data too: the
# error is that for inputs that are drawn at random.
INSTRUCTION_ERRORS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("cortex-m0plus", "reference"): (0.0118, 0.0123),
    ("cortex-m3", "reference"): (0.0104, 0.0116),
    ("cortex-m4", "reference"): (0.0159, 0.0097),
    ("cortex-m7", "reference"): (0.0144, 0.0116),
    ("cortex-m33", "reference"): (0.0131, 0.0100),
    ("cortex-m0plus", "cmsis_nn"): (0.0244, 0.0127),
    ("cortex-m3", "cmsis_nn"): (0.0160, 0.0115),
    ("cortex-m4", "cmsis_nn"): (0.0256, 0.0080),
    ("cortex-m7", "cmsis_nn"): (0.0228, 0.0097),
    ("cortex-m33", "cmsis_nn"): (0.0243, 0.0089),
    ("cortex-m55", "cmsis_nn"): (0.0229, 0.0087),
}
