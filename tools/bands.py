"""A sound as log-mel bands: how loud each of some bands of frequency is, frame by frame.

Source: S. Davis, P. Mermelstein (1980), Comparison of parametric representations for monosyllabic
word recognition in continuously spoken sentences, IEEE Transactions on Acoustics, Speech and Signal
Processing 28 (triangular bands on the mel scale); mel = 2595 log10(1 + hertz / 700).
"""

import io
import wave

import numpy as np

#: Samples a second, from frame to frame, of a frame.
RATE, HOP, WIDTH = 8000, 160, 256
#: Bands, and the hertz at which the first begins and the last ends.
BANDS, LOWEST, HIGHEST = 24, 100.0, 3800.0
#: Decibels: one step of the stored numbers, and how far below the loudest band 0 stands.
STEP, DEPTH = 3, 60
#: Decibels below the loudest frame: what is softer at both ends is cut off.
SILENT = 40


def log_mel(sound):
    """The bands of a sound at 8,000 samples a second: (frames, 24), whole numbers, uint8.

    A unit is three decibels; 20 is the loudest band of the whole sound, 0 is 60 decibels below it
    or more. A frame is 32 ms, every 20 ms; soft frames at both ends are cut off.

    Args:
        sound: (samples,), not silent.
    """
    count = 1 + max(0, len(sound) - WIDTH) // HOP
    sound = np.pad(sound, (0, max(0, WIDTH - len(sound))))
    frames = sound[np.arange(count)[:, None] * HOP + np.arange(WIDTH)]
    powers = np.abs(np.fft.rfft(frames * np.hanning(WIDTH))) ** 2 @ triangles().T
    loud = powers.sum(axis=1)
    kept = np.flatnonzero(loud > loud.max() / 10 ** (SILENT / 10))
    powers = powers[kept[0] : kept[-1] + 1]
    decibels = 10 * np.log10(np.maximum(powers / powers.max(), 10 ** (-DEPTH / 10)))
    return np.rint((decibels + DEPTH) / STEP).astype(np.uint8)


def triangles():
    """The weight of each frequency in each band, (24, 129): 1 in its middle, 0 from the middle of
    the band below and up to that of the band above. On the mel scale all are equally wide."""
    corners = hertz(np.linspace(mel(LOWEST), mel(HIGHEST), BANDS + 2))
    frequencies = np.fft.rfftfreq(WIDTH, 1 / RATE)
    below, middle, above = (corners[n : n + BANDS, None] for n in range(3))
    rising = (frequencies - below) / (middle - below)
    falling = (above - frequencies) / (above - middle)
    return np.maximum(0, np.minimum(rising, falling))


def mel(hertz):
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def hertz(mel):
    return 700 * (10 ** (np.asarray(mel) / 2595) - 1)


def read_wave(content):
    """(samples,), -1 to 1, at 8,000 a second, of a WAV file of one channel and 16 bits."""
    with wave.open(io.BytesIO(content)) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise ValueError(f"{file.getparams()}: expected one channel of 16 bits")
        samples, rate = file.readframes(file.getnframes()), file.getframerate()
    return resampled(np.frombuffer(samples, "<i2") / 32768, rate)


def resampled(sound, rate):
    """The same sound at 8,000 samples a second: what is above 4,000 hertz is left out."""
    if rate == RATE:
        return sound
    one = rate // np.gcd(rate, RATE)  # so many samples become a whole number of new ones
    sound = np.pad(sound, (0, -len(sound) % one))
    count = len(sound) * RATE // rate
    return np.fft.irfft(np.fft.rfft(sound)[: count // 2 + 1], count) * count / len(sound)
