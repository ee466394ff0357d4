"""How often a study has used its test set, counted in its ledger."""

from nas.optimizer.ledger import Ledger


def count_test_use(ledger: Ledger, trial: int) -> int:
    """Note that the test set was used for a winner; return how often it has been used by now."""
    # Earlier releases did not count.
    if ledger.get("winner") is not None and not ledger.listed("tested"):
        ledger.append("tested", ledger.get("decided"))
    ledger.append("tested", trial)
    return len(ledger.listed("tested"))
