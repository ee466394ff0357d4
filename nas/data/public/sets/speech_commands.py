"""Google's Speech Commands."""

from pathlib import Path

from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.unpack import unpack

_ARCHIVE = "speech_commands_v0.02.tar.gz"
_UNPACKED = 4 << 30


def _arrange(downloads: Path, folder: Path) -> None:
    unpack(downloads / _ARCHIVE, folder, _UNPACKED)


# Size and digest: tensorflow_datasets/url_checksums/speech_commands.txt.
PUBLIC.register("speech_commands")(
    PublicSet(
        summary="Speech Commands 0.02: 105,829 clips of 35 spoken words by 2,618 speakers, 16 kHz, and six of noise.",
        licence="CC BY 4.0",
        cite="Warden, Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition, arXiv:1804.03209",
        split="by speaker, as validation_list.txt and testing_list.txt give it",
        sources=(
            Source(
                f"https://storage.googleapis.com/download.tensorflow.org/data/{_ARCHIVE}",
                2_428_923_189,
                "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
            ),
        ),
        arrange=_arrange,
    )
)
