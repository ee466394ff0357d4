"""What exported sources say and do with a model's outputs: scores of classes, values, labels, reconstructions."""

from dataclasses import dataclass

from nas.exporters.c_text import number
from nas.exporters.detection import detecting
from nas.exporters.labelling import labelling
from nas.study.archive import Archive


@dataclass(frozen=True, slots=True)
class Outputs:
    """The words of exported sources for a model's outputs.

    Attributes:
        count: the macro of their number, without its prefix; `names` is the array of their names.
        are: what each belongs to, in the plural; `each` says what an output is.
        array: what an array of all dequantized outputs is called.
        does: what a program does with an input.
        listed: the names.
        size: the macro of the number of int8 outputs.
    """

    count: str
    names: str
    are: str
    each: str
    array: str
    does: str
    listed: tuple[str, ...]
    size: str


def outputs_of(archive: Archive) -> Outputs:
    """Return the words for an archive's outputs."""
    if archive.output_scaling is not None:
        each = "the value of each target, in the units of the training data"
        words = ("TARGETS", "target_names", "targets", each, "values", "estimates the targets of")
        return Outputs(*words, archive.class_names, "TARGETS")
    if archive.detector is not None:
        each = "the score of the input: the higher, the less like the normal training rows"
        words = ("SCORES", "score_names", "scores", each, "scores", "looks for an anomaly in")
        return Outputs(*words, ("score",), "OUTPUT_BYTES")
    if archive.labelling is not None:
        each = "the probability of each label"
        words = ("LABELS", "label_names", "labels", each, "probabilities", "finds the labels of")
        return Outputs(*words, archive.class_names, "LABELS")
    words = ("CLASSES", "class_names", "classes", f"the {archive.output_is} of each class", "scores", "classifies")
    return Outputs(*words, archive.class_names, "CLASSES")


def meaning(archive: Archive, prefix: str) -> str:
    """Return what an output is, as the rest of a sentence that begins with "An output is"."""
    if archive.output_scaling is not None:
        return f"the value of its target: {prefix}_value brings it to the units of the training data."
    if archive.detector is not None:
        return f"the input's value as a normal row has it: {prefix}_score and {prefix}_is_anomaly compare both."
    if archive.labelling is not None:
        return f"the probability of its label; {prefix}_has tells by its threshold whether the label holds."
    return f"the {archive.output_is} of its class; the greatest is the network's answer."


def dequantizing(archive: Archive, prefix: str) -> str:
    """Return the functions that turn outputs into the values of targets, scores or labels; nothing for classes."""
    scaling, upper = archive.output_scaling, prefix.upper()
    if scaling is None:
        return detecting(archive, prefix) + labelling(archive, prefix)
    head = f"""\
// Turns an output of the model into the value of its target, in the units of the training data.
static inline float {prefix}_value(int8_t output, size_t target) {{"""
    if len(scaling.mean) == 1:
        factor, offset = scaling.std[0] * archive.output.scale, scaling.mean[0]
        more = f" + {number(offset)}" if offset else ""
        scale = f"{upper}_OUTPUT_SCALE" if scaling.std[0] == 1 else number(factor)
        return f"""{head}
  (void)target;
  return (float)(output - {upper}_OUTPUT_ZERO_POINT) * {scale}{more};
}}

"""
    cases = "".join(
        f"    case {i}: return steps * {number(std * archive.output.scale)} + {number(mean)};\n"
        for i, (mean, std) in enumerate(zip(scaling.mean, scaling.std, strict=True))
    )
    return f"""{head}
  const float steps = (float)(output - {upper}_OUTPUT_ZERO_POINT);
  switch (target) {{
{cases}    default: return 0.0f;
  }}
}}

"""
