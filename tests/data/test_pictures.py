"""Folders of pictures as rows."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from nas.data.dataset import Dataset
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.prepared import prepare
from nas.data.readers.unlabelled import Wanted, read_unlabelled
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError
from nas.signal.kind import Kind

RNG = np.random.default_rng(0)


def picture(height: int = 12, width: int = 12, channels: int = 3) -> np.ndarray:
    pixels = RNG.integers(0, 256, (height, width, channels)).astype(np.uint8)
    return pixels[..., 0] if channels == 1 else pixels


def write(path: Path, image: np.ndarray | Image.Image, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(path, **options)
    return path


def rows_of(folder: Path, **options: object) -> Dataset:
    return load(str(folder), options=DataOptions(**options))


def of_file(data: Dataset, name: str) -> np.ndarray:
    number = next(n for n, place in enumerate(data.recordings) if place.endswith(name))
    return data.train.x[data.train.recordings == number][0]


@pytest.fixture
def two_classes(tmp_path: Path) -> Path:
    for label in ("cat", "dog"):
        for number in range(3):
            write(tmp_path / label / f"{number}.png", picture())
    return tmp_path


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.ppm", "a.tif"])
def test_bytes_stay_as_they_are(name: str, two_classes: Path) -> None:
    pixels = picture()
    write(two_classes / "cat" / name, pixels)
    data = rows_of(two_classes)
    assert data.train.x.dtype == np.uint8
    assert data.channel_names == ("red", "green", "blue")
    np.testing.assert_array_equal(of_file(data, name), pixels)


def test_folders_of_parts_are_the_parts(tmp_path: Path) -> None:
    for part, count in (("train", 4), ("val", 2), ("test", 3)):
        for label in ("cat", "dog"):
            for number in range(count):
                write(tmp_path / part / label / f"{number}.png", picture())
    assert {name: len(part) for name, part in rows_of(tmp_path).parts().items()} == {"train": 8, "val": 4, "test": 6}


def test_grey_pictures_have_one_channel_also_where_they_are_stored_as_colours(two_classes: Path) -> None:
    for label in ("cat", "dog"):
        for number in range(3):
            grey = picture(channels=1)
            write(two_classes / label / f"{number}.png", np.repeat(grey[..., None], 3, axis=2) if number else grey)
    data = rows_of(two_classes)
    assert data.train.x.shape == (6, 12, 12, 1)
    assert data.channel_names == ("grey",)


@pytest.mark.parametrize(
    ("fit", "expected"),
    [("cover", lambda image: ImageOps.fit(image, (8, 10), Image.Resampling.BILINEAR)),
     ("contain", lambda image: ImageOps.pad(image, (8, 10), Image.Resampling.BILINEAR)),
     ("stretch", lambda image: image.resize((8, 10), Image.Resampling.BILINEAR))],
)  # fmt: skip
def test_a_picture_of_another_shape_is_covered_contained_or_stretched(
    fit: str, expected: object, two_classes: Path
) -> None:
    pixels = picture(20, 30)
    write(two_classes / "cat" / "wide.png", pixels)
    row = of_file(rows_of(two_classes, image_size="8x10", image_fit=fit), "wide.png")
    np.testing.assert_array_equal(row, np.asarray(expected(Image.fromarray(pixels))))


def test_pictures_of_several_sizes_are_scaled_to_96(two_classes: Path) -> None:
    write(two_classes / "cat" / "wide.png", picture(20, 30))
    data = rows_of(two_classes)
    assert data.train.x.shape[1:] == (96, 96, 3)
    assert any("--image-size" in note for note in data.notes)


def test_a_photograph_that_a_camera_turned_is_upright(two_classes: Path) -> None:
    pixels = np.zeros((12, 24), np.uint8)
    pixels[:, :12] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees to the right
    write(two_classes / "cat" / "turned.jpg", pixels, exif=exif, quality=95)
    row = of_file(rows_of(two_classes, image_size="12x24", image_color="grey"), "turned.jpg")[..., 0]
    assert row[:10].min() > 200
    assert row[-10:].max() < 50


def test_what_is_transparent_is_white(two_classes: Path) -> None:
    pixels = np.zeros((12, 12, 4), np.uint8)
    pixels[:6, :, 3] = 255
    write(two_classes / "cat" / "clear.png", pixels)
    row = of_file(rows_of(two_classes), "clear.png")
    assert row[:6].max() == 0
    assert row[6:].min() == 255


def test_groups_are_told_by_a_word_for_a_person_in_every_name(tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        for number in range(4):
            write(tmp_path / label / f"{label}_person{number % 2}_{number}.png", picture())
    assert set(rows_of(tmp_path).train.groups) == {"person0", "person1"}
    write(tmp_path / "dog" / "nobody.png", picture())
    assert rows_of(tmp_path).train.groups is None


def png_header(width: int, height: int) -> bytes:
    """A PNG file that promises a size and holds no pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (8_000, 7_000), (60_000, 60_000)])
def test_a_picture_of_100_megapixels_is_refused_before_it_is_decoded(size: tuple[int, int], two_classes: Path) -> None:
    (two_classes / "cat" / "huge.png").write_bytes(png_header(*size))
    with pytest.raises(InputError, match=r"huge\.png: must have at most 50 million pixels"):
        rows_of(two_classes)


def animation() -> dict[str, object]:
    return {"save_all": True, "append_images": [Image.fromarray(picture(channels=1)) for _ in range(2)]}


@pytest.mark.parametrize(
    ("name", "image", "options", "rule"),
    [("a.jpg", Image.new("CMYK", (12, 12)), {}, "must be grey or RGB, got CMYK"),
     ("a.png", Image.fromarray(np.zeros((12, 12), np.uint16)), {}, "must have 8 bits a channel, got 16 bits or more"),
     ("a.tif", Image.new("F", (12, 12)), {}, "must have 8 bits a channel, got floating point numbers"),
     ("a.gif", Image.fromarray(picture(channels=1)), animation(), "must be one picture, got 3 frames")],
)  # fmt: skip
def test_pictures_that_no_camera_gives_are_refused_in_one_line(
    name: str, image: Image.Image, options: dict[str, object], rule: str, two_classes: Path
) -> None:
    write(two_classes / "cat" / name, image, **options)
    with pytest.raises(InputError, match=rule) as caught:
        rows_of(two_classes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_a_picture_that_ends_early_is_refused(name: str, two_classes: Path) -> None:
    path = write(two_classes / "cat" / name, picture(64, 64))
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(InputError, match=r"must be a readable picture"):
        rows_of(two_classes)


@pytest.mark.parametrize(
    ("options", "rule"),
    [({"image_size": "big"}, "must be width x height"), ({"image_size": "0x5"}, "must be width x height"),
     ({"image_fit": "crop"}, "unknown way 'crop'"), ({"image_color": "gray"}, "did you mean grey")],
)  # fmt: skip
def test_forms_that_are_none_are_refused(options: dict[str, object], rule: str, two_classes: Path) -> None:
    with pytest.raises(InputError, match=rule):
        rows_of(two_classes, **options)


def test_a_class_whose_pictures_are_stored_otherwise_is_told(tmp_path: Path) -> None:
    for number in range(6):
        write(tmp_path / "cat" / f"{number}.png", picture())
        write(tmp_path / "dog" / f"{number}.jpg", picture())
    assert {finding.kind for finding in rows_of(tmp_path).found} == {"telling_forms"}


def test_copies_are_told_within_a_part_and_across_parts(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for number in range(8):
            write(tmp_path / part / ("cat", "dog")[number % 2] / f"{number}.png", picture())
    for to in ("train/cat/again.png", "test/cat/again.png"):
        (tmp_path / to).write_bytes((tmp_path / "train/cat/0.png").read_bytes())
    kinds = {finding.kind for finding in describe(rows_of(tmp_path)).findings}
    assert {"copied_files", "copied_rows"} <= kinds


def test_prepared_pictures_are_scaled_floating_point_numbers(two_classes: Path) -> None:
    data = prepare(split(rows_of(two_classes), 0))
    assert data.train.x.dtype == np.float32
    assert abs(float(data.train.x.mean())) < 1


@pytest.mark.parametrize("one", [True, False])
def test_pictures_to_predict_for_need_no_classes_and_are_called_by_their_file(one: bool, tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.png", picture(20, 30)) for n in range(3)]
    wanted = Wanted(DataOptions(kind=Kind.IMAGE, image_size="8x10", image_color="grey"))
    (stretch,), _ = read_unlabelled(str(paths[0] if one else tmp_path), wanted)
    assert stretch.x.shape == (1 if one else 3, 10, 8, 1)
    assert stretch.names == tuple(map(str, paths[:1] if one else paths))


def test_pictures_for_a_model_of_windows_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", picture())
    with pytest.raises(InputError, match="needs a model of images"):
        read_unlabelled(str(path), Wanted(DataOptions(kind=Kind.WINDOW)))
