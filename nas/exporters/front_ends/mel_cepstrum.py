"""The cepstral coefficients of a mel front-end as C: settings and tables as constants, and the lines that compute."""

from nas.exporters.c_text import rows
from nas.signal.mel import Mel
from nas.signal.mel_cepstrum import MIDDLE, tables


def cepstrum_sources(mel: Mel) -> tuple[str, ...]:
    """Return the device's files, which are the same for every setting; none without coefficients."""
    return ("cepstrum.c", "cepstrum.h") if mel.mfcc_coefficients else ()


def declarations(name: str, mel: Mel) -> str:
    """Return the part of the front-end's header."""
    return f"extern const nas_cepstrum {name}_cepstrum;\n" if mel.mfcc_coefficients else ""


def definitions(name: str, mel: Mel) -> str:
    """Return the part of the front-end's source."""
    if not mel.mfcc_coefficients:
        return ""
    made = tables(mel)
    cosines, scales = (rows(map(str, made[table].tolist())) for table in ("cosines", "scales"))
    return f"""
static const NAS_FLASH int16_t cosines[{made["cosines"].size}] = {{
{cosines}
}};

static const NAS_FLASH uint32_t scales[{made["scales"].size}] = {{
{scales}
}};

const nas_cepstrum {name}_cepstrum = {{
    .channels = {mel.filterbank_n_channels},
    .coefficients = {mel.mfcc_coefficients},
    .middle = {MIDDLE},
    .cosines = cosines,
    .scales = scales,
}};
"""
