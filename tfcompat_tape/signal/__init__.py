"""The namespace `tf.signal`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.signal.cosine import dct, idct
from tfcompat_tape.signal.fourier import (
    fft,
    fft2d,
    fft3d,
    fftshift,
    ifft,
    ifft2d,
    ifft3d,
    ifftshift,
    irfft,
    irfft2d,
    irfft3d,
    rfft,
    rfft2d,
    rfft3d,
)
from tfcompat_tape.signal.frames import (
    frame,
    inverse_mdct,
    inverse_stft,
    inverse_stft_window_fn,
    mdct,
    overlap_and_add,
    stft,
)
from tfcompat_tape.signal.mel import linear_to_mel_weight_matrix, mfccs_from_log_mel_spectrograms
from tfcompat_tape.signal.windows import (
    hamming_window,
    hann_window,
    kaiser_bessel_derived_window,
    kaiser_window,
    vorbis_window,
)

__all__ = [
    "dct",
    "fft",
    "fft2d",
    "fft3d",
    "fftshift",
    "frame",
    "hamming_window",
    "hann_window",
    "idct",
    "ifft",
    "ifft2d",
    "ifft3d",
    "ifftshift",
    "inverse_mdct",
    "inverse_stft",
    "inverse_stft_window_fn",
    "irfft",
    "irfft2d",
    "irfft3d",
    "kaiser_bessel_derived_window",
    "kaiser_window",
    "linear_to_mel_weight_matrix",
    "mdct",
    "mfccs_from_log_mel_spectrograms",
    "overlap_and_add",
    "rfft",
    "rfft2d",
    "rfft3d",
    "stft",
    "vorbis_window",
]

__getattr__ = namespace(globals(), "tf.signal")
