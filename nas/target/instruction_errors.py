"""The errors of the instruction fits, as native/tables/instructions.md reports them; a test compares the two."""

from collections.abc import Mapping

# By core and kernels: the relative error within which 90 % of the models lie that a fit had not seen, of models with
# integers and of float models, whose instructions depend on the data where the core computes floats in software.
INSTRUCTION_ERRORS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("cortex-m0plus", "reference"): (0.0149, 0.1273),
    ("cortex-m3", "reference"): (0.0155, 0.1667),
    ("cortex-m4", "reference"): (0.0145, 0.0118),
    ("cortex-m7", "reference"): (0.0155, 0.0106),
    ("cortex-m33", "reference"): (0.0133, 0.0112),
    ("cortex-m0plus", "cmsis_nn"): (0.0273, 0.1278),
    ("cortex-m3", "cmsis_nn"): (0.0185, 0.1646),
    ("cortex-m4", "cmsis_nn"): (0.0259, 0.0103),
    ("cortex-m7", "cmsis_nn"): (0.0243, 0.0091),
    ("cortex-m33", "cmsis_nn"): (0.0270, 0.0091),
    ("cortex-m55", "cmsis_nn"): (0.0259, 0.0102),
}
