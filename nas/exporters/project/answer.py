"""How the program of a project tells its answer: the class, whether there is an anomaly, or which labels hold."""

from collections.abc import Callable
from textwrap import indent

from nas.exporters.outputs import outputs_of
from nas.exporters.project.sources import Project


def answer_lines(project: Project, printing: Callable[[str, str], str]) -> tuple[str, str]:
    """Return what stands before the call that smooths outputs, and the lines behind it, which begin with a line end.

    Args:
        project: the model; values of targets have no answer beside themselves, and so no lines.
        printing: returns the statements that print a word, and a text that an expression gives.
    """
    archive, prefix = project.archive, project.prefix
    if archive.output_scaling is not None:
        return "", ""
    if archive.labelling is not None:
        holds = f"{prefix}_holds({outputs_of(archive).array}[i], i)"
        told = indent(printing("holds", f"{prefix}_label_names[i]"), "    ")
        loop = f"for (int i = 0; i < {project.upper}_LABELS; ++i)"
        return "", f"\n  {loop} {{\n    if (!{holds}) continue;\n{told}\n  }}"
    result, text = "best", f"{prefix}_class_names[best]"
    if archive.detector is not None:
        result, text = "is_anomaly", 'is_anomaly ? "anomaly" : "normal"'
    return f"const int {result} = ", "\n" + indent(printing("answer", text), "  ")
