"""Draws two sentences, their codes on the sphere, and the path between them.

    python docs/images/codes_on_the_sphere.py

writes codes_on_the_sphere.svg and, for phones, codes_on_the_sphere_narrow.svg.

The points are samples of von Mises-Fisher distributions in three dimensions. The
sentences on the right, some of them shortened, are what the tutorial's model decoded
from codes on the great circle between the two on the left.
"""

import dataclasses
import pathlib

import numpy as np

from tf_vmfvae.distributions import VonMisesFisher

COLOURS = np.array([[194, 87, 26], [44, 98, 160]])
SENTENCES = (
    ("my tired parents", "loved the unusual", "cookies at the bakery"),
    ("the club will hold", "a thrilling race for", "the young referee"),
)
DECODED = (
    ("my friendly parents adored", "the cookies at the market"),
    ("the friendly chef cooks", "the stew for the party"),
    ("the friendly club will hold", "a good marathon"),
    ("the club will hold", "a thrilling marathon"),
)
DIRECTIONS = np.array([[-0.62, 0.34], [0.5, -0.46]])
KAPPA, POINTS = 60.0, 70
RADIUS = 122


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where things are: the sphere's centre, first lines of texts, arrows.

    An arrow starts at a point and goes to the right or down.
    """

    size: tuple[int, int]
    centre: tuple[int, int]
    sentences: tuple[tuple[int, int], ...]
    decoded: tuple[tuple[int, int], ...]
    arrows: tuple[tuple[int, int], ...]
    down: bool


WIDE = Layout(
    size=(760, 300),
    centre=(385, 148),
    sentences=((12, 84), (12, 204)),
    decoded=((562, 44), (562, 108), (562, 172), (562, 236)),
    arrows=((202, 148), (514, 148)),
    down=False,
)
NARROW = Layout(
    size=(400, 536),
    centre=(200, 260),
    sentences=((20, 32), (230, 32)),
    decoded=((10, 454), (205, 454), (10, 500), (205, 500)),
    arrows=((200, 86), (200, 386)),
    down=True,
)


def main() -> None:
    """Writes both pictures next to this file: a wide one, and one for phones."""
    file = pathlib.Path(__file__)
    for layout, name in ((WIDE, file.stem), (NARROW, f"{file.stem}_narrow")):
        file.with_name(f"{name}.svg").write_text(draw(layout), encoding="utf-8")


def draw(layout: Layout) -> str:
    """Returns the picture as SVG."""
    ends = _on_front(DIRECTIONS)
    parts = [_globe()]
    for end, colour in zip(ends, COLOURS, strict=True):
        vmf = VonMisesFisher(end, KAPPA)
        for z in vmf.sample(POINTS, seed=[1, 2]).numpy():
            parts.append(_dot(z, 2.2, colour, opacity=0.45 if z[2] > 0 else 0.12))
    way = _path(_great_circle(*ends, 40))
    parts.append(f'<path d="{way}" fill="none" stroke="#333" stroke-width="1.5"/>')
    steps = np.linspace(0, 1, len(DECODED))
    for share, z in zip(steps, _great_circle(*ends, len(DECODED)), strict=True):
        parts.append(_dot(z, 5, _mix(share), ring=True))
    x, y = layout.centre
    parts = [f'<g transform="translate({x} {y})">', *parts, "</g>"]

    for lines, colour, place in zip(SENTENCES, COLOURS, layout.sentences, strict=True):
        parts.append(_text(place, lines, colour))
    for lines, share, place in zip(DECODED, steps, layout.decoded, strict=True):
        parts.append(_text(place, lines, _mix(share)))
    for place, label in zip(layout.arrows, ("encoder", "decoder"), strict=True):
        parts.append(_arrow(place, label, layout.down))

    width, height = layout.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="15">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _on_front(points):
    """Unit vectors on the near side of the sphere, from their first two coordinates."""
    depth = np.sqrt(1 - np.sum(points**2, axis=1, keepdims=True))
    return np.concatenate([points, depth], axis=1).astype("float32")


def _great_circle(start, end, steps):
    angle = np.arccos(start @ end)
    shares = np.linspace(0, 1, steps)[:, None]
    both = np.sin((1 - shares) * angle) * start + np.sin(shares * angle) * end
    return both / np.sin(angle)


def _globe():
    lines = [f'<circle r="{RADIUS}" fill="#f4f6f8" stroke="#b8c0c8"/>']
    tilt = np.radians(-24)
    turn = np.array(
        [[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]]
    )
    t = np.linspace(0, 2 * np.pi, 121)
    curves = [
        np.stack([np.cos(t) * np.cos(a), 0 * t + np.sin(a), np.sin(t) * np.cos(a)], 1)
        for a in np.radians([-60, -30, 0, 30, 60])
    ]
    curves += [
        np.stack([np.cos(t) * np.cos(a), np.sin(t), np.cos(t) * np.sin(a)], 1)
        for a in np.radians(range(0, 180, 30))
    ]
    for curve in curves:
        seen = curve @ turn.T
        front = seen[:, 2] >= 0
        # Each stretch on the near side becomes a separate line.
        cuts = np.flatnonzero(np.diff(front)) + 1
        for stretch in np.split(seen, cuts):
            if stretch[len(stretch) // 2, 2] >= 0:
                path = _path(stretch)
                lines.append(f'<path d="{path}" fill="none" stroke="#d8dee4"/>')
    return "\n".join(lines)


def _place(z):
    return RADIUS * z[0], -RADIUS * z[1]


def _path(points):
    return "M" + " L".join("{:.1f} {:.1f}".format(*_place(z)) for z in points)


def _mix(share):
    return (1 - share) * COLOURS[0] + share * COLOURS[1]


def _css(colour):
    return "#{:02x}{:02x}{:02x}".format(*(round(c) for c in colour))


def _dot(z, radius, colour, opacity=1.0, ring=False):
    x, y = _place(z)
    edge = ' stroke="#fff" stroke-width="1.5"' if ring else ""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{_css(colour)}" '
        f'fill-opacity="{opacity}"{edge}/>'
    )


def _text(place, lines, colour):
    x, y = place
    spans = "".join(
        f'<tspan x="{x}" dy="{19 if i else 0}">{line}</tspan>'
        for i, line in enumerate(lines)
    )
    return f'<text x="{x}" y="{y}" fill="{_css(colour)}">{spans}</text>'


def _arrow(place, label, down):
    x, y = place
    turn, label_at = (" rotate(90)", (14, 24)) if down else ("", (-4, -9))
    return (
        f'<g transform="translate({x} {y})"><path transform="{turn.strip()}" '
        'd="M0 0 H40 m-7 -5 l7 5 l-7 5" fill="none" stroke="#333" stroke-width="1.5"/>'
        f'<text x="{label_at[0]}" y="{label_at[1]}" font-size="13" fill="#333">'
        f"{label}</text></g>"
    )


if __name__ == "__main__":
    main()
