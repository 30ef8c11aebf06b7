"""Calls of tf.signal."""

from python_values.kinds import F, N, T, call

WAVE = F(2, 8)
SPECTRUM = T([[1 + 2j, 0.5 - 1j, 2 + 0j], [1j, 1 + 0j, 0.5 + 0j]])

call("signal.fft", input=SPECTRUM)
call("signal.ifft", input=SPECTRUM)
call("signal.fft2d", input=SPECTRUM)
call("signal.rfft", input_tensor=WAVE, fft_length=N([8]))
call("signal.irfft", input_tensor=SPECTRUM, fft_length=N([4]))
call("signal.rfft2d", input_tensor=WAVE, fft_length=N([2, 8]))
call("signal.fftshift", x=WAVE, axes=N(1))
call("signal.ifftshift", x=WAVE, axes=N([1]))
call("signal.dct", input=WAVE, type=N(2), n=N(4))
call("signal.idct", input=WAVE)
call("signal.frame", signal=WAVE, frame_length=N(4), frame_step=N(2), pad_value=N(0), axis=N(-1))
call("signal.overlap_and_add", signal=F(3, 4), frame_step=N(2))
call("signal.stft", signals=WAVE, frame_length=N(4), frame_step=N(2), fft_length=4)
call("signal.inverse_stft", stfts=SPECTRUM, frame_length=N(4), frame_step=N(2), fft_length=4)
call("signal.mdct", signals=WAVE, frame_length=N(4))
call("signal.inverse_mdct", mdcts=F(3, 4))
call("signal.mfccs_from_log_mel_spectrograms", log_mel_spectrograms=WAVE)
for name in ["hamming_window", "hann_window", "vorbis_window"]:
    call(f"signal.{name}", window_length=N(4))
call("signal.kaiser_window", window_length=N(4), beta=N(8.0))
call("signal.kaiser_bessel_derived_window", window_length=N(4), beta=N(8.0))
call(
    "signal.linear_to_mel_weight_matrix",
    num_mel_bins=N(4),
    num_spectrogram_bins=N(9),
    sample_rate=N(8000),
    lower_edge_hertz=N(125.0),
    upper_edge_hertz=N(3800.0),
)
