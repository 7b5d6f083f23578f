"""Making a file that somebody sent fit to keep: only what it shows is left.

Pictures are decoded and encoded anew, so nothing comes along but their pixels: no place, camera,
thumbnail, color profile, comment or hidden trailer. Text is decoded and encoded anew. What a file
is, its own first bytes say, never its name. Everything else is refused, PDF among it: a PDF holds
who made it, scripts and other files, and cannot be freed of them without drawing it.
See docs/decisions/0024-attachments.md.
"""

import io
from dataclasses import dataclass, field
from enum import StrEnum

from PIL import ExifTags, Image, ImageCms, ImageOps

MOST_BYTES = 8 * 1024 * 1024
"""Of one file as it was sent."""
MOST_KEPT = 3 * 1024 * 1024
"""Of one picture as it is kept; a larger one is kept smaller."""
MOST_PIXELS = 50_000_000
"""More than any phone makes; decoding it takes some 200 MB."""
LONGEST_SIDE = 4096
MOST_TEXT = 256 * 1024

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF87a", b"GIF89a")
_QUALITIES = (90, 80, 65)
_TEXTS = (("utf-8-sig", b""), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_CONTROLS = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), 127)))


class Form(StrEnum):
    """What a kept file is."""

    JPEG = "jpeg"
    PNG = "png"
    TEXT = "txt"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return "jpg" if self is Form.JPEG else self.value


class Refusal(StrEnum):
    """Why a file is not kept; the sender is told."""

    SORT = "sort"
    """Neither a picture of a kind that is taken, nor plain text."""
    LARGE = "large"
    """Too many bytes."""
    PIXELS = "pixels"
    """Too many pixels."""
    MOVING = "moving"
    """An animation."""
    BROKEN = "broken"
    """It cannot be read to its end."""
    MANY = "many"
    """One too many for this letter or this concern."""
    LOST = "lost"
    """It could not be fetched."""
    OFF = "off"
    """This desk takes no files."""


@dataclass
class Unfit(Exception):
    """A file cannot be kept."""

    why: Refusal


@dataclass(frozen=True)
class CleanFile:
    """A file fit to keep. `origin` names the file that was sent (`discord:123`, a part of a mail),
    so that the same one counts once."""

    form: Form
    data: bytes = field(repr=False)
    origin: str


def cleaned(data: bytes, *, origin: str) -> CleanFile:
    """Return a file as it may be kept. Slow, and hungry for memory: not for the event loop.

    Raises:
        Unfit: it is none of the kinds that are kept, too large, animated or broken.
    """
    if len(data) > MOST_BYTES:
        raise Unfit(Refusal.LARGE)
    if data.startswith(_MAGIC):
        return _picture(data, origin)
    return CleanFile(Form.TEXT, _text(data), origin)


def tells_place(data: bytes) -> bool:
    """Say whether a picture's metadata tell where it was taken; its pixels are not looked at.

    Slow for large files: not for the event loop. What cannot be read tells nothing that others
    could read.
    """
    if b"GPSLatitude" in data:  # XMP, which is text
        return True
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            place = opened.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        # As in `_picture`.
        return False
    # Some cameras write the block with nothing but its version.
    return bool(set(place) - {ExifTags.GPS.GPSVersionID})


def _text(data: bytes) -> bytes:
    if len(data) > MOST_TEXT:
        raise Unfit(Refusal.SORT if b"\0" in data[:4096] else Refusal.LARGE)
    for encoding, mark in _TEXTS:
        if not data.startswith(mark) or not data.strip():
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS & set(text) and "%PDF-" not in text[:1024]:
            return text.encode()
    raise Unfit(Refusal.SORT)


def _picture(data: bytes, origin: str) -> CleanFile:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            lossy = opened.format in ("JPEG", "MPO")
            form, kept = _encoded(_pixels(opened), lossy)
    except Unfit:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(Refusal.PIXELS) from None
    except Exception:
        # Pillow's decoders raise nearly anything at what is broken, or made to break them.
        raise Unfit(Refusal.BROKEN) from None
    return CleanFile(form, kept, origin)


def _pixels(opened: Image.Image) -> Image.Image:
    """Return a picture's pixels, upright and in sRGB, and nothing else of it."""
    if opened.width * opened.height > MOST_PIXELS:
        raise Unfit(Refusal.PIXELS)
    # A phone's JPEG may hold a second picture (MPO), which is not an animation.
    if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1:
        raise Unfit(Refusal.MOVING)
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = _in_srgb(upright)
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def _in_srgb(image: Image.Image) -> Image.Image:
    """Turn a picture's colors into the usual ones, so that its profile is not needed."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            return ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            ) or image.convert(mode)
        except ImageCms.PyCMSError:
            pass  # a broken profile; the colors are a little off without it
    return image.convert(mode)


def _encoded(bare: Image.Image, lossy: bool) -> tuple[Form, bytes]:
    """Encode pixels without loss if they came so and it is small enough, else as JPEG."""
    made = io.BytesIO()
    if not lossy:
        bare.save(made, "PNG")
        if made.tell() <= MOST_KEPT:
            return Form.PNG, made.getvalue()
    if bare.mode == "RGBA":
        ground = Image.new("RGB", bare.size, "white")
        ground.paste(bare, mask=bare.getchannel("A"))
        bare = ground
    for quality in _QUALITIES:
        made = io.BytesIO()
        bare.save(made, "JPEG", quality=quality)
        if made.tell() <= MOST_KEPT:
            return Form.JPEG, made.getvalue()
    return _encoded(bare.resize((max(bare.width // 2, 1), max(bare.height // 2, 1))), lossy=True)
