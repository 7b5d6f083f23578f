"""Files fit to keep: what is left of a picture, and what is refused."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from bot.cleaning import LONGEST_SIDE, MOST_BYTES, Form, Refusal, Unfit, cleaned

SECRET = b"SECRET"


def made(sort: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **how: Any) -> bytes:
    """Return a picture."""
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, sort, **how)
    return out.getvalue()


def laden(sort: str) -> bytes:
    """Return a picture with everything in it that should not be kept."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET.decode(), 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    how: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    if sort == "PNG":
        how["pnginfo"] = PngImagePlugin.PngInfo()
        how["pnginfo"].add_text("Comment", SECRET.decode())
    else:
        how["xmp"] = b"<x>" + SECRET + b"</x>"
    if sort == "JPEG":
        how["comment"] = SECRET
    return made(sort, **how) + SECRET


@pytest.mark.parametrize("sort", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_a_picture_is_left_but_its_pixels_upright(sort: str):
    file = cleaned(laden(sort), origin="1")
    assert SECRET not in file.data
    with Image.open(io.BytesIO(file.data)) as kept:
        kept.load()
        assert kept.size == (20, 40)
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not kept.getexif()


def test_a_large_picture_is_kept_smaller_and_text_as_it_is():
    file = cleaned(made("JPEG", (5000, 100)), origin="1")
    with Image.open(io.BytesIO(file.data)) as kept:
        assert max(kept.size) <= LONGEST_SIDE
    assert cleaned(made("GIF"), origin="1").form is Form.PNG
    text = cleaned("Grüße, im Log".encode("utf-16"), origin="1")
    assert (text.form, text.data.decode()) == (Form.TEXT, "Grüße, im Log")


def bomb() -> bytes:
    """Return a small PNG that says it has 400 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + crc

    head = (20_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0"))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(), Refusal.PIXELS),
        (made("PNG", (8000, 7000), "1"), Refusal.PIXELS),
        (
            made("GIF", save_all=True, append_images=[Image.new("RGB", (40, 20), "red")]),
            Refusal.MOVING,
        ),
        (made("JPEG", (400, 400))[:-500], Refusal.BROKEN),
        (b"\xff\xd8\xff" + SECRET, Refusal.BROKEN),
        (b"%PDF-1.7 and more", Refusal.SORT),
        (b"\n%PDF-1.7 is one as well", Refusal.SORT),
        (b"MZ\x00\x01", Refusal.SORT),
        (b"", Refusal.SORT),
        (b"a" * (MOST_BYTES + 1), Refusal.LARGE),
    ],
    ids=["bomb", "pixels", "moving", "cut", "junk", "pdf", "late pdf", "binary", "empty", "large"],
)
def test_what_is_not_fit_is_refused_with_the_reason(data: bytes, why: Refusal):
    with pytest.raises(Unfit) as refused:
        cleaned(data, origin="1")
    assert refused.value.why is why
