import pytest

from nas.codec import Place, from_data, parse_toml, to_data, to_toml
from nas.errors import InputError
from nas.study.quantization import COMPARED, NumberType, OperatorSet, Quantization, Scheme

PLACE = Place("spec.toml", "quantization")


def read(text):
    return from_data(Quantization, parse_toml(text, "spec.toml").get("quantization", {}), PLACE)


def test_rows_for_calibration_are_needed_where_activations_are_integers():
    # TensorFlow's guide: float16 and dynamic range leave activations in float.
    without = {Scheme.FLOAT32, Scheme.FLOAT16, Scheme.DYNAMIC_RANGE}
    assert {scheme for scheme in Scheme if not scheme.is_calibrated} == without


def test_an_empty_table_means_the_defaults():
    assert read("[quantization]") == Quantization()
    assert Quantization().schemes == COMPARED


def test_a_table_written_and_read_again_is_the_same():
    settings = Quantization(
        deployed=Scheme.CUSTOM,
        schemes=(Scheme.CUSTOM, Scheme.INT8),
        calibration="rows.npz",
        supported_ops=(OperatorSet.BUILTINS, OperatorSet.SELECT_TF_OPS),
        inference_input_type=NumberType.UINT8,
    )
    assert read(to_toml({"quantization": to_data(settings)})) == settings


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('schemes = ["int9"]', r"quantization\.schemes\[0\]: unknown value 'int9'; did you mean int8"),
        ('schemes = ["int8", "int8"]', "must name each scheme once, got int8, int8"),
        ("schemes = []", "must name each scheme once, got none"),
        ("calibration_row = 3", "did you mean calibration_rows"),
        ("calibration_rows = 0", "quantization.calibration_rows: must be 1 or more, got 0"),
        ("qat_learning_rate = 0", "qat_learning_rate: must be above 0"),
        ('inference_input_type = "int8"', "applies to the scheme custom only; add custom to quantization.schemes"),
        ('schemes = ["custom"]\nsupported_ops = []', "must name a set of operators"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_place(line, says):
    with pytest.raises(InputError, match=says):
        read(f"[quantization]\n{line}\n")


@pytest.mark.parametrize("scheme", Scheme)
def test_each_scheme_is_explained(scheme):
    assert scheme.summary
