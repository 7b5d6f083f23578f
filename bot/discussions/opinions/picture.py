"""Drawing an opinion map, so that nothing in it is told by color alone.

On the left the groups: where they are to each other, how wide, how many; each has a letter and a
pattern of its own. On the right, for the statements that unite and divide most, a bar a group:
solid for agreement, striped for disagreement, empty for passing. Words are the caller's, in the
reader's language; statements are named by their numbers, as in the text beside the picture.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bot.discussions.opinions.figures import Counts, Figures, Group

WIDTH, HEIGHT = 1200, 760
MOST_BARS = 6

_INK = (28, 32, 38)
_PAPER = (255, 255, 255)
_LINE = (150, 156, 165)
_AGREE = (20, 100, 120)
_DISAGREE = (190, 84, 20)
_COLORS = ((0, 114, 178), (213, 94, 0), (0, 128, 96), (140, 70, 140), (110, 90, 20))
"""Told apart by people who see few colors (M. Okabe, K. Ito, https://jfly.uni-koeln.de/color/)."""

_FIELD = (40, 90, 560, 700)
_BARS = (640, 130, 1160)
_MARGIN = 70


@dataclass(frozen=True)
class Labels:
    """The words in the picture."""

    groups: str
    statements: str
    agree: str
    disagree: str
    passed: str
    people: Callable[[int], str]


def drawn(figures: Figures, labels: Labels) -> bytes:
    """Return the picture as PNG. The same figures and words give the same picture."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((_FIELD[0], 36), labels.groups, _INK, font=_font(30))
    draw.rectangle(_FIELD, outline=_LINE, width=2)
    _groups(image, draw, figures, labels)
    draw.text((_BARS[0], 36), labels.statements, _INK, font=_font(30))
    _key(image, draw, labels)
    _bars(image, draw, figures)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def pictured(figures: Figures) -> list[int]:
    """Return the statements in the picture, in its order: those that unite, and that divide."""
    half = MOST_BARS // 2
    unite = [one.number for one in figures.unites]
    divide = [one for one in figures.divides if one not in unite]
    some = unite[: max(half, MOST_BARS - len(divide))]
    return some + divide[: MOST_BARS - len(some)]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _groups(
    image: Image.Image, draw: ImageDraw.ImageDraw, figures: Figures, labels: Labels
) -> None:
    groups = figures.groups or (Group("", figures.counted, 0.0, 0.0, 1.0),)
    left, top, right, bottom = _FIELD
    middle = [
        (min(each) + max(each)) / 2 for each in ([g.x for g in groups], [g.y for g in groups])
    ]
    reach = max(
        max(abs(one.x - middle[0]), abs(one.y - middle[1])) + one.spread / 2 for one in groups
    )
    reach = reach or 1.0
    scale = (min(right - left, bottom - top) / 2 - _MARGIN) / reach
    center = ((left + right) / 2, (top + bottom) / 2)
    most = max(one.size for one in groups)
    for place, one in enumerate(groups):
        # The area says how many; wide enough for its letter.
        radius = max(26.0, 110.0 * (one.size / most) ** 0.5 * (0.75 if len(groups) > 1 else 1))
        x = center[0] + (one.x - middle[0]) * scale
        y = center[1] - (one.y - middle[1]) * scale
        x = min(max(x, left + radius + 8), right - radius - 8)
        y = min(max(y, top + radius + 8), bottom - radius - 52)
        box = (x - radius, y - radius, x + radius, y + radius)
        mask = Image.new("L", image.size, 0)
        ImageDraw.Draw(mask).ellipse(box, fill=255)
        image.paste(_pattern(place), (0, 0), mask)
        draw.ellipse(box, outline=_COLORS[place], width=4)
        if one.letter:
            draw.ellipse((x - 22, y - 22, x + 22, y + 22), fill=_PAPER, outline=_INK, width=2)
            draw.text((x, y), one.letter, _INK, font=_font(30), anchor="mm")
        told = labels.people(one.size)
        at = (x, y + radius + 22)
        width = draw.textlength(told, font=_font(24)) / 2 + 6
        draw.rectangle((at[0] - width, at[1] - 14, at[0] + width, at[1] + 14), fill=_PAPER)
        draw.text(at, told, _INK, font=_font(24), anchor="mm")


@cache
def _pattern(place: int) -> Image.Image:
    """Return a sheet with the pattern of a group: lines one way, the other, level, dots, both."""
    color = _COLORS[place]
    pale = tuple(255 - (255 - one) // 5 for one in color)
    sheet = Image.new("RGB", (WIDTH, HEIGHT), pale)
    draw = ImageDraw.Draw(sheet)
    if place in (0, 4):
        for start in range(-HEIGHT, WIDTH, 16):
            draw.line((start, HEIGHT, start + HEIGHT, 0), fill=color, width=3)
    if place in (1, 4):
        for start in range(-HEIGHT, WIDTH, 22):
            draw.line((start, 0, start + HEIGHT, HEIGHT), fill=color, width=3)
    if place == 2:
        for y in range(0, HEIGHT, 14):
            draw.line((0, y, WIDTH, y), fill=color, width=3)
    if place == 3:
        for y in range(0, HEIGHT, 18):
            for x in range(0, WIDTH, 18):
                draw.ellipse((x, y, x + 6, y + 6), fill=color)
    return sheet


def _key(image: Image.Image, draw: ImageDraw.ImageDraw, labels: Labels) -> None:
    x = float(_BARS[0])
    for name, part in ((labels.agree, 0), (labels.disagree, 1), (labels.passed, 2)):
        _segment(image, draw, (x, 88, x + 34, 110), part)
        draw.text((x + 42, 99), name, _INK, font=_font(22), anchor="lm")
        x += 42 + draw.textlength(name, font=_font(22)) + 28


def _bars(image: Image.Image, draw: ImageDraw.ImageDraw, figures: Figures) -> None:
    numbers = pictured(figures)
    left, y, right = _BARS
    for number in numbers:
        said = figures.said(number)
        if said is None:
            continue
        parts: Sequence[tuple[str, Counts]] = [("", said.all)]
        if said.groups:
            letters = [one.letter for one in figures.groups]
            parts = list(zip(letters, said.groups, strict=True))
        height = min(26, (HEIGHT - 160) // max(len(numbers), 1) // (len(parts) + 1) - 4)
        draw.text((left, y), f"{number}", _INK, font=_font(24))
        for letter, counts in parts:
            draw.text((left + 62, y + height / 2), letter, _INK, font=_font(20), anchor="lm")
            _bar(image, draw, (left + 90, y, right, y + height), counts)
            y += height + 5
        y += height - 2


def _bar(
    image: Image.Image, draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], counts: Counts
) -> None:
    left, top, right, bottom = box
    x = float(left)
    for part, many in enumerate((counts.agree, counts.disagree, counts.passed)):
        width = (right - left) * many / counts.votes
        if many:
            _segment(image, draw, (x, top, x + width, bottom), part)
        x += width


def _segment(
    image: Image.Image,
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    part: int,
) -> None:
    area = tuple(round(one) for one in box)
    left, top, right, bottom = area
    if right <= left:
        return
    if part == 0:
        draw.rectangle(area, fill=_AGREE)
    elif part == 1:
        image.paste(_stripes().crop((0, 0, right - left, bottom - top)), (left, top))
    else:
        draw.rectangle(area, fill=_PAPER)
    draw.rectangle(area, outline=_INK, width=1)


@cache
def _stripes() -> Image.Image:
    sheet = Image.new("RGB", (WIDTH, 60), (252, 226, 206))
    draw = ImageDraw.Draw(sheet)
    for start in range(-60, WIDTH, 10):
        draw.line((start, 60, start + 60, 0), fill=_DISAGREE, width=4)
    return sheet
