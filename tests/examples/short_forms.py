"""The examples in a short form: what `main` returns for these arguments, whoever is called tensorflow."""

import runpy
from pathlib import Path

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER.parent.parent / "examples"
CURVES = FOLDER / "curves.json"

SHORT = {
    "burgers": ["--steps", "8", "--points", "300"],
    "dp_sgd": ["--steps", "3"],
    "fgsm": ["--steps", "10"],
    "influence": ["--steps", "3"],
    "integrated_gradients": ["--steps", "10"],
    "maml": ["--steps", "10"],
    "neural_ode": ["--steps", "10"],
    "newton": ["--steps", "12"],
    "reinforce": ["--steps", "3"],
    "vae": ["--steps", "10"],
    "wgan_gp": ["--steps", "5"],
}


def curve(name: str, picture: Path) -> list[float]:
    """Run an example. Return what it learned in numbers: its losses, step by step, and a few results."""
    namespace = runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name=name)
    values: list[float] = [
        float(value) for value in namespace["main"]([*SHORT[name], "--picture", str(picture)])
    ]
    return values
