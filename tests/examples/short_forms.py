"""The examples in a short form: what `main` returns for these arguments, whoever is called tensorflow."""

import runpy
from pathlib import Path

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER.parent.parent / "examples"
CURVES = FOLDER / "curves.json"

SHORT = {
    "dp_sgd": ["--steps", "3"],
    "fgsm": ["--steps", "10"],
    "integrated_gradients": ["--steps", "10"],
    "maml": ["--steps", "10"],
    "newton": ["--steps", "12"],
}


def curve(name: str, picture: Path) -> list[float]:
    """Run an example. Return what it learned in numbers: its losses, step by step, and a few results."""
    namespace = runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name=name)
    values: list[float] = [
        float(value) for value in namespace["main"]([*SHORT[name], "--picture", str(picture)])
    ]
    return values
