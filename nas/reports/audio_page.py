"""The page that shows a sound through a front-end; its script asks the server for features by the sliders' settings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nas.reports.markup import Markup, details, element, note, page, section, void
from nas.signal.mel import Mel


@dataclass(frozen=True, slots=True)
class Slider:
    """A number that can be chosen: a setting of the front-end, what it is, and its range."""

    setting: str
    label: str
    low: float
    high: float
    step: float
    unit: str = ""


FRAMES = (
    Slider("window_size_ms", "length of a frame", 5, 100, 1, "ms"),
    Slider("window_step_ms", "from one frame to the next", 2, 60, 1, "ms"),
    Slider("filterbank_n_channels", "channels", 4, 80, 1),
    Slider("filterbank_lower_band_limit", "lowest frequency", 0, 2000, 5, "Hz"),
)
HIGHEST = Slider("filterbank_upper_band_limit", "highest frequency", 500, 8000, 50, "Hz")
"""Up to half the sample rate."""
NOISE = (
    Slider("noise_reduction_even_smoothing", "pace of the mean, even channels", 0, 1, 0.005),
    Slider("noise_reduction_odd_smoothing", "odd channels", 0, 1, 0.005),
    Slider("noise_reduction_min_signal_remaining", "share that always remains", 0, 1, 0.01),
)
GAIN = (
    Slider("pcan_strength", "strength", 0, 2, 0.05),
    Slider("pcan_offset", "offset", 1, 400, 1),
)
LOG = (Slider("log_scale_shift", "bits behind the point", 0, 8, 1),)
CEPSTRUM = (
    Slider("mfcc_coefficients", "cepstral coefficients (MFCC), or 0", 0, 40, 1),
    Slider("mfcc_lifter", "their lifter", 0, 60, 1),
)


def audio_page(name: str, front_end: Mel, nonce: str, records: bool) -> str:
    """Return the page.

    Args:
        name: of the sound.
        front_end: the settings that the page begins with.
        nonce: by which the browser knows the page's own script.
        records: whether the sound is a microphone's, and can be recorded again.
    """
    again = [element("button", "Record again", id="record", type="button")] if records else []
    header = element(
        "header",
        element("h1", name),
        element("p", "What a network hears: the features of its front-end, as int8.", class_="lead"),
        *again,
    )
    main = element("main", _picture(), _settings(front_end))
    return page(f"{name}: features", header, main, scripts=("audio_page.js",), nonce=nonce)


def _picture() -> Markup:
    return section(
        "Features",
        element("canvas", class_="outline", id="outline", role="img", aria_label="the samples over time"),
        element("canvas", class_="features", id="heard", role="img", aria_label="features over time and frequency"),
        element(
            "div",
            *(element("span", id=name) for name in ("begin", "under", "end")),
            class_="ends",
        ),
        element("p", id="error", class_="error", role="alert"),
        element("p", id="cost", class_="note", aria_live="polite"),
    )


def _settings(front_end: Mel) -> Markup:
    highest = replace(HIGHEST, high=front_end.sample_rate_hz / 2)
    groups = [
        _group("noise_reduction_enable", "noise reduction", NOISE, front_end),
        _group("pcan_enable", "gain control (PCAN)", GAIN, front_end),
        _group("log_scale_enable", "logarithm", LOG, front_end),
        _group("dc_notch_filter_enable", "remove the DC part", (), front_end),
        _group("quantize_dynamic_scale_enable", "int8 by the loudest feature", (), front_end),
    ]
    return section(
        "Settings",
        element("div", *(_slider(each, front_end) for each in (*FRAMES, highest, *CEPSTRUM)), class_="sliders"),
        element("div", *groups, class_="sliders"),
        details("As a space's file has them", element("pre", id="toml")),
        note("Those that are not at their default. A list of values in place of one lets a search choose."),
    )


def _group(setting: str, label: str, sliders: Sequence[Slider], front_end: Mel) -> Markup:
    on = void(
        "input",
        type="checkbox",
        data_setting=setting,
        id=setting,
        checked="checked" if getattr(front_end, setting) else None,
    )
    head = element("label", on, " ", label, for_=setting)
    return element("fieldset", element("legend", head), *(_slider(each, front_end) for each in sliders))


def _slider(slider: Slider, front_end: Mel) -> Markup:
    value = getattr(front_end, slider.setting)
    limits = {"min": slider.low, "max": max(slider.high, value), "step": slider.step}
    return element(
        "div",
        element("label", slider.label, for_=slider.setting),
        void("input", type="range", id=slider.setting, data_setting=slider.setting, value=value, **limits),
        element("output", f"{value:g} {slider.unit}".strip(), data_unit=slider.unit, for_=slider.setting),
        class_="slider",
    )
