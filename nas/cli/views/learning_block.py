"""What a run of a learning block has found, as a person reads it."""

from nas.api.learning_block import BlockResult
from nas.text import percent


def found(result: BlockResult) -> str:
    """Return the files, the size and the accuracy beside the baseline."""
    return "\n".join(
        (
            *result.files,
            f"{result.weights_bytes:,} B of weights; int8 accuracy {percent(result.accuracy)} on {result.rows:,} rows "
            f"that the search has not seen, baseline {percent(result.baseline_accuracy)}",
        )
    )
