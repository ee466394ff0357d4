"""How often each part of a kernel of plain C runs: counted by the loops of `native/device/kernels/`, step by step."""

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest

from nas.target.plain_c.work import Call, terms, variant

SHAPE = {
    "in_height": 7, "in_width": 9, "in_channels": 6, "out_height": 7, "out_width": 9, "out_channels": 5,
    "kernel_height": 3, "kernel_width": 5, "stride_height": 1, "stride_width": 1,
    "dilation_height": 1, "dilation_width": 1, "pad_top": 1, "pad_left": 2, "padded": 1,
}  # fmt: skip
SHAPES = [
    SHAPE,
    SHAPE | {"in_channels": 5, "out_channels": 4, "in_height": 12, "in_width": 19, "stride_height": 2},
    SHAPE | {"in_height": 11, "in_width": 17, "pad_top": 0, "pad_left": 0, "padded": 0, "stride_width": 2},
    SHAPE | {"dilation_height": 2, "pad_top": 2},
    SHAPE | {"dilation_width": 2, "pad_left": 4},
    SHAPE | {"in_height": 1, "out_height": 1, "kernel_height": 1, "pad_top": 0, "out_channels": 1},
]  # fmt: skip


def pixels(s: dict[str, int]) -> Iterator[tuple[int, int]]:
    yield from itertools.product(range(s["out_height"]), range(s["out_width"]))


def border(s: dict[str, int]) -> Counter[str]:
    """`window_at` in window_padded.h: a pixel whose kernel is not inside as a whole, or has holes, has a copy."""
    count: Counter[str] = Counter()
    for y, x in pixels(s) if s["padded"] else ():
        count["tested"] += 1
        top, left = y * s["stride_height"] - s["pad_top"], x * s["stride_width"] - s["pad_left"]
        bottom, right = top + s["kernel_height"], left + s["kernel_width"]
        holes = s["dilation_height"] > 1 or s["dilation_width"] > 1
        if not holes and top >= 0 and left >= 0 and bottom <= s["in_height"] and right <= s["in_width"]:
            continue
        count["copied"] += 1
        for _ in range(s["kernel_height"]):
            count["copied row"] += 1
            for _ in range(s["kernel_width"]):
                count["copied tap"] += 1
                count["copied value"] += s["in_channels"]
    return count


def one_pixel(s: dict[str, int], name: str) -> Counter[str]:
    """`conv_one` and `conv_two`, and the functions of dot.h that they call."""
    count: Counter[str] = Counter({name: 1})
    channel = 0
    while channel + 1 < s["out_channels"]:
        count[f"{name} pair"] += 1
        for _ in range(s["kernel_height"]):
            count[f"{name} pair row"] += 1
            left = s["kernel_width"] * s["in_channels"]
            while left >= 4:
                count[f"{name} pair block"] += 1
                left -= 4
            count[f"{name} pair rest"] += left
        channel += 2
    if channel < s["out_channels"]:
        count[f"{name} last"] += 1
        for _ in range(s["kernel_height"]):
            count[f"{name} last row"] += 1
            count[f"{name} last value"] += s["kernel_width"] * s["in_channels"]
    return count


def convolution(s: dict[str, int], by_pixel: bool) -> Counter[str]:
    count = border(s)
    for _ in range(s["out_height"]):
        count["row"] += 1
        x = 0
        while x < s["out_width"]:
            two = not by_pixel and x + 1 < s["out_width"]
            count += one_pixel(s, "two" if two else "one")
            x += 2 if two else 1
    return count


def depthwise(s: dict[str, int], by_pixel: bool) -> Counter[str]:
    count = border(s) + Counter({"row": s["out_height"]})
    for _ in pixels(s):
        count["pixel"] += 1
        channel = 0
        while channel < s["in_channels"]:
            name = "four" if channel + 4 <= s["in_channels"] else "one"
            count += Counter({name: 1, f"{name} row": s["kernel_height"]})
            count[f"{name} place"] += s["kernel_height"] * s["kernel_width"]
            channel += 4 if name == "four" else 1
    return count


def dense(s: dict[str, int], by_pixel: bool) -> Counter[str]:
    return sum((one_pixel(s, "one") for _ in range(s["out_width"])), Counter())


@pytest.mark.parametrize("kernel", [convolution, depthwise, dense])
@pytest.mark.parametrize("by_pixel", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_the_parts_of_a_kernel_run_as_often_as_its_loops(kernel, by_pixel, shape):
    name = {"convolution": "conv"}.get(kernel.__name__, kernel.__name__)
    found = terms(Call(name, shape), by_pixel)
    assert found.pop("call") == 1
    assert {part: count for part, count in found.items() if count} == dict(kernel(shape, by_pixel))


@pytest.mark.parametrize("kernel", ["depthwise_multiplied", "transpose_conv"])
def test_kernels_that_take_one_channel_after_another_visit_each_place_for_each_value(kernel):
    s = SHAPE | {"stride_height": 3, "stride_width": 2}
    found, expected = terms(Call(kernel, s), False), border(s)
    for _ in pixels(s):
        for _ in range(s["out_channels"]):
            expected["value"] += 1
            for _ in range(s["kernel_height"] * s["kernel_width"]):
                expected["place"] += 1
    expected += Counter({"row": s["out_height"], "call": 1})
    # Of the places below a transposed kernel, one in 3 x 2 holds an input; it has a product for each channel.
    assert found.pop("product") == expected["place"] * s["in_channels"] / 6
    assert found == dict(expected)


@pytest.mark.parametrize("kernel", ["max_pool", "average_pool"])
def test_a_pooling_visits_all_places_of_each_window(kernel):
    s = {"out_height": 3, "out_width": 4, "channels": 7, "height": 2, "width": 3}
    expected: Counter[str] = Counter({"call": 1, "row": s["out_height"]})
    for _ in pixels(s):
        expected += Counter({"window": 1, "value": s["channels"]})
        for row, column in itertools.product(range(s["height"]), range(s["width"])):
            if column == 0:
                expected += Counter({"window row": 1, "value row": s["channels"]})
            if (row, column) == (0, 0):
                continue  # the first place is what the others are compared with
            expected += Counter({"place": 1, "value place": s["channels"], "block place": 1, "rest place": 3})
    assert terms(Call(kernel, s), False) == dict(expected)


def test_softmax_mean_and_other_kernels_are_counted_by_their_values():
    assert terms(Call("softmax", {"rows": 3, "classes": 5}), False) == {"call": 1, "row": 3, "class": 15}
    mean = terms(Call("mean", {"outer": 2, "inner": 3, "reduced": 7}), False)
    assert mean == {"call": 1, "outer": 2, "value": 2 * 3, "read": 2 * 3 * 7}
    assert terms(Call("add", {"values": 4, "read": 8}), False) == {"call": 1, "value": 4, "read": 8}


@pytest.mark.parametrize(
    ("kernel", "height", "others", "by_pixel", "expected"),
    [
        ("conv", 3, [], False, "alone"),
        ("conv", 1, [], False, "alone, one row"),
        ("conv", 1, ["conv"], False, "shared"),
        ("conv", 1, ["dense"], False, "alone, one row"),  # two pixels at a time: another inner function
        ("conv", 1, ["dense"], True, "alone beside"),
        ("conv", 1, ["dense", "conv"], True, "shared beside"),
        ("dense", 1, ["conv"], False, "alone beside"),
        ("dense", 1, [], True, "alone, one row"),
        ("dense", 1, ["dense"], True, "shared"),
        ("depthwise", 3, ["dense", "conv"], True, "alone"),
    ],
)
def test_a_kernel_is_translated_anew_by_what_else_calls_its_inner_function(kernel, height, others, by_pixel, expected):
    assert variant(Call(kernel, {"kernel_height": height}), [kernel, *others], by_pixel) == expected


def test_a_pooling_of_one_row_is_one_by_the_height_of_its_window():
    assert variant(Call("max_pool", {"height": 1}), ["max_pool"], False) == "alone, one row"
    assert variant(Call("max_pool", {"height": 2}), ["max_pool"], False) == "alone"
    assert variant(Call("softmax", {"rows": 1}), ["softmax"], False) == "alone"
