"""Series changed at random in ways that keep their label: more examples out of few.

What keeps a label is knowledge about the task. A melody that is a little higher, wider, slower or
rougher is the same tone; turned upside down it is another one.
"""

import numpy as np

from rnn_tf.errors import wrong

#: Standard deviations at strength 1.
_SHIFT, _SCALE, _STRETCH, _WARP, _JITTER = 0.3, 0.2, 0.2, 0.3, 0.05


def varied(series, rng, *, strength=1.0, longest=None):
    """Every series once more, changed by chance: shift, scale, time warp and jitter.

    Args:
        series: arrays (frames,) in units of their standard deviation, two frames or more each.
        rng: NumPy's random generator.
        strength: multiplies all changes; 0 leaves the series as they are.
        longest: frames that none may exceed; ``None`` for no bound.

    Returns a list of arrays; the lengths vary too. At strength 1 the standard deviations are: of
    the shift 0.3, of the logarithm of the scale about the mean 0.2, of the logarithm of the
    length 0.2, of the logarithm of the power that warps time 0.3, of the noise on each frame 0.05.
    """
    if not strength >= 0:
        raise wrong("strength", strength, "0 or more")
    if min(map(len, series), default=2) < 2:
        raise wrong("series", "one of fewer than two frames", "two frames or more in each")
    return [_one(np.asarray(one, dtype=float), rng, strength, longest) for one in series]


def _one(series, rng, strength, longest):
    shift, scale, stretch, warp = strength * rng.standard_normal(4)
    frames = max(2, round(len(series) * np.exp(_STRETCH * stretch)))
    frames = frames if longest is None else min(frames, max(longest, 2))
    share = np.linspace(0, 1, frames) ** np.exp(_WARP * warp)  # early or late through the series
    warped = np.interp(share * (len(series) - 1), np.arange(len(series)), series)
    mean = warped.mean()
    noise = _JITTER * strength * rng.standard_normal(frames)
    return mean + (warped - mean) * np.exp(_SCALE * scale) + _SHIFT * shift + noise
