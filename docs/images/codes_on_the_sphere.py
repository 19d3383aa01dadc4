"""Draws codes_on_the_sphere.svg: two sentences, their codes, and the way between them.

    python docs/images/codes_on_the_sphere.py

The points are samples of von Mises-Fisher distributions in three dimensions. The
sentences on the right, some of them shortened, are what the tutorial's model decoded
from codes on the great circle between the two on the left.
"""

import pathlib

import numpy as np

from tf_vmfvae.distributions import VonMisesFisher

SIZE = 760, 300
CENTRE, RADIUS = (385, 148), 122
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


def main() -> None:
    """Writes the picture beside this file."""
    ends = _on_front(DIRECTIONS)
    parts = [_globe()]
    for end, colour in zip(ends, COLOURS, strict=True):
        vmf = VonMisesFisher(end, KAPPA)
        for z in vmf.sample(POINTS, seed=[1, 2]).numpy():
            parts.append(_dot(z, 2.2, colour, opacity=0.45 if z[2] > 0 else 0.12))
    way = _great_circle(*ends, 40)
    parts.append(
        f'<path d="{_path(way)}" fill="none" stroke="#333" stroke-width="1.5"/>'
    )
    steps = np.linspace(0, 1, len(DECODED))
    for share, z in zip(steps, _great_circle(*ends, len(DECODED)), strict=True):
        parts.append(_dot(z, 5, _mix(share), ring=True))

    for lines, colour, y in zip(SENTENCES, COLOURS, (84, 204), strict=True):
        parts.append(_text(12, y, lines, colour))
    for lines, share, y in zip(DECODED, steps, (44, 108, 172, 236), strict=True):
        parts.append(_text(562, y, lines, _mix(share)))
    parts.append(_arrow(180, 252, 148, "encoder"))
    parts.append(_arrow(518, 552, 148, "decoder"))

    width, height = SIZE
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="15">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
    file = pathlib.Path(__file__).with_suffix(".svg")
    file.write_text(picture, encoding="utf-8")


def _on_front(points):
    """Unit vectors on the near side of the sphere, from what is seen of them."""
    depth = np.sqrt(1 - np.sum(points**2, axis=1, keepdims=True))
    return np.concatenate([points, depth], axis=1).astype("float32")


def _great_circle(start, end, steps):
    angle = np.arccos(start @ end)
    shares = np.linspace(0, 1, steps)[:, None]
    both = np.sin((1 - shares) * angle) * start + np.sin(shares * angle) * end
    return both / np.sin(angle)


def _globe():
    x, y = CENTRE
    lines = [
        f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="#f4f6f8" stroke="#b8c0c8"/>'
    ]
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
        # Each stretch on the near side is a line of its own.
        cuts = np.flatnonzero(np.diff(front)) + 1
        for stretch in np.split(seen, cuts):
            if stretch[len(stretch) // 2, 2] >= 0:
                path = _path(stretch)
                lines.append(f'<path d="{path}" fill="none" stroke="#d8dee4"/>')
    return "\n".join(lines)


def _place(z):
    return CENTRE[0] + RADIUS * z[0], CENTRE[1] - RADIUS * z[1]


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


def _text(x, y, lines, colour):
    spans = "".join(
        f'<tspan x="{x}" dy="{19 if i else 0}">{line}</tspan>'
        for i, line in enumerate(lines)
    )
    return f'<text x="{x}" y="{y}" fill="{_css(colour)}">{spans}</text>'


def _arrow(start, end, y, label):
    middle = (start + end) / 2
    return (
        f'<path d="M{start} {y} H{end} m-7 -5 l7 5 l-7 5" fill="none" stroke="#333" '
        f'stroke-width="1.5"/><text x="{middle}" y="{y - 9}" text-anchor="middle" '
        f'font-size="13" fill="#333">{label}</text>'
    )


if __name__ == "__main__":
    main()
