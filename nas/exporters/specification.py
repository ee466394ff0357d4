"""The specification of a model: what trains it again, or longer."""

from nas.exporters.format import FORMATS, Files
from nas.study.archive import Archive
from nas.study.manifest import ARCHITECTURE, SOFT_LABELS
from nas.study.model_spec import FILE
from nas.study.winner_spec import winner_spec
from nas.text import document


@FORMATS.register("spec")
def specification(archive: Archive) -> Files:
    """What trains the model again: `nas train spec.toml`, its architecture, and what it learned from a teacher."""
    if archive.origin is None:
        return {}
    taught = {} if archive.soft_labels is None else {SOFT_LABELS: archive.soft_labels}
    return {
        FILE: winner_spec(archive, archive.origin).to_toml(archive.origin.folder),
        ARCHITECTURE: document(dict(archive.record.architecture)),
        **taught,
    }
