"""Derivatives, modules and optimizers: what converted scripts are given, plain torch with TensorFlow's values."""

from __future__ import annotations

from typing import Any

import torch

# Tapes


def tf_flat(sources: Any) -> Any:
    """The tensors in nested lists and dictionaries."""
    if isinstance(sources, dict):
        return [x for key in sorted(sources) for x in tf_flat(sources[key])]
    if isinstance(sources, (list, tuple)):
        return [x for one in sources for x in tf_flat(one)]
    return [sources]


def tf_packed(sources: Any, values: Any) -> Any:
    """The values, an iterator, in the form of `sources`."""
    if isinstance(sources, dict):
        found = {key: tf_packed(sources[key], values) for key in sorted(sources)}
        return {key: found[key] for key in sources}
    if isinstance(sources, (list, tuple)):
        return type(sources)([tf_packed(one, values) for one in sources])
    return next(values)


def tf_gradient(
    target: Any, sources: Any, grad_outputs: Any = None, zeros: Any = False, **options: Any
) -> Any:
    """The gradient of the sum of the targets, in the form of `sources`; `None`, or zeros, where they do not depend."""
    flat = tf_flat(sources)
    targets, weights = tf_flat(target), tf_flat(grad_outputs)
    pairs = [
        (y, torch.ones_like(y) if w is None else w)
        for y, w in zip(targets, weights if grad_outputs is not None else [None] * len(targets), strict=True)
        if y.grad_fn is not None or any(y is x for x in flat)
    ]
    wanted = [x for x in flat if x.requires_grad]
    found: Any = iter(())
    if pairs and wanted:
        outputs, weights = zip(*pairs, strict=True)
        found = iter(torch.autograd.grad(outputs, wanted, weights, allow_unused=True, **options))
    gradients: Any = [next(found, None) if x.requires_grad else None for x in flat]
    if zeros:
        gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(flat, gradients, strict=True)]
    return tf_packed(sources, iter(gradients))


def tf_jacobian(target: Any, sources: Any, **options: Any) -> Any:
    """The derivative of each entry of the target by each entry of the sources."""
    flat = tf_flat(sources)
    if target.grad_fn is None:
        return tf_packed(sources, iter([None] * len(flat)))
    rows = torch.eye(target.numel(), dtype=target.dtype, device=target.device).reshape(-1, *target.shape)
    options = {"retain_graph": True, "allow_unused": True, "is_grads_batched": True, **options}
    found = torch.autograd.grad(target, flat, rows, **options)
    jacobians = [
        None if j is None else j.reshape(target.shape + x.shape) for j, x in zip(found, flat, strict=True)
    ]
    return tf_packed(sources, iter(jacobians))


def tf_batch_jacobian(target: Any, source: Any, **options: Any) -> Any:
    """For each example, the first axis, the derivative of its entries of the target by its entries of the source."""
    if target.grad_fn is None:
        return torch.zeros(target.shape + source.shape[1:], dtype=target.dtype)
    one = target[0]
    rows = torch.eye(one.numel(), dtype=target.dtype, device=target.device).reshape(-1, 1, *one.shape)
    rows = rows.expand(-1, *target.shape)
    options = {"retain_graph": True, "is_grads_batched": True, **options}
    (found,) = torch.autograd.grad(target, source, rows, **options)
    return found.movedim(0, 1).reshape(target.shape + source.shape[1:])


def tf_jvp(target: Any, primals: Any, tangents: Any, **options: Any) -> Any:
    """The derivative of the target along tangents: the gradient, by its cotangent, of the gradient."""
    flat, moving = tf_flat(primals), tf_flat(tangents)
    u = torch.zeros_like(target, requires_grad=True)
    found = torch.autograd.grad(target, flat, u, create_graph=True, allow_unused=True)
    pairs = [(g, t) for g, t in zip(found, moving, strict=True) if g is not None and g.requires_grad]
    if not pairs:
        return None
    gradients, along = zip(*pairs, strict=True)
    return torch.autograd.grad(gradients, u, along, **{"retain_graph": True, **options})[0]


def tf_custom_gradient(f: Any) -> Any:
    """`f` with the gradient that it returns beside its value."""

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            ctx.save_for_backward(*inputs)
            value = f(*inputs)[0]
            return tuple(value) if isinstance(value, list) else value

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            found = f(*ctx.saved_tensors)[1](*cotangents)
            return tuple(found) if isinstance(found, list) else found

    return Function.apply


def tf_leaves(values: Any) -> Any:
    """The parameters that values were computed from."""
    todo = [x.grad_fn for x in tf_flat(values) if x.grad_fn is not None]
    seen, found = set(todo), []
    while todo:
        node = todo.pop()
        if hasattr(node, "variable"):
            found.append(node.variable)
        for after, _ in node.next_functions:
            if after is not None and after not in seen:
                seen.add(after)
                todo.append(after)
    return found


def tf_custom_gradient_of_variables(f: Any) -> Any:
    """`f` with the gradient that it returns beside its value, for the parameters that it uses as well."""

    def call(*inputs: Any) -> Any:
        if not torch.is_grad_enabled():
            return f(*inputs)[0]
        variables = tf_leaves(f(*[x.detach() for x in inputs])[0])

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *given: Any) -> Any:
                ctx.save_for_backward(*given[: len(inputs)])
                value = f(*given[: len(inputs)])[0]
                return tuple(value) if isinstance(value, list) else value

            @staticmethod
            def backward(ctx: Any, *cotangents: Any) -> Any:
                gradient = f(*ctx.saved_tensors)[1]
                if not variables:
                    return gradient(*cotangents)
                found, by_variables = gradient(*cotangents, variables=variables)
                return (*(found if isinstance(found, (list, tuple)) else [found]), *by_variables)

        return Function.apply(*inputs, *variables)  # type: ignore[no-untyped-call]

    return call


# Modules and optimizers


def tf_variables(module: Any) -> Any:
    """The parameters of a module: its own by name, then those of modules in it."""
    own: Any = []
    inside: Any = []
    everything = {**vars(module), **module._parameters, **module._modules}
    hidden = vars(torch.nn.Module())

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key in sorted(value):
                walk(value[key])
        elif isinstance(value, (list, tuple)):
            for one in value:
                walk(one)
        elif isinstance(value, torch.nn.Module):
            inside.append(value)
        elif isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf:
            own.append(value)

    for name in sorted(everything):
        if name not in hidden:
            walk(everything[name])
    for one in inside:
        own += tf_variables(one)
    return tuple({id(x): x for x in own}.values())


class Tf_SGD:
    """Gradient descent, with momentum."""

    def __init__(self, learning_rate: Any = 0.01, momentum: Any = 0.0, nesterov: Any = False) -> None:
        self.learning_rate, self.momentum, self.nesterov = learning_rate, momentum, nesterov
        self.velocities: Any = {}

    @torch.no_grad()
    def apply_gradients(self, pairs: Any) -> None:
        """Step each variable along its gradient."""
        for gradient, variable in pairs:
            if gradient is None:
                continue
            step = -self.learning_rate * gradient
            if self.momentum:
                before = self.velocities.get(variable, torch.zeros_like(variable))
                velocity = self.velocities[variable] = self.momentum * before + step
                step = self.momentum * velocity + step if self.nesterov else velocity
            variable.add_(step)


class Tf_Adam:
    """Adam as Keras has it: epsilon is added to the root of the second moment before that is corrected."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: Any = 0.9, beta_2: Any = 0.999, epsilon: Any = 1e-7
    ) -> None:
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.steps = 0
        self.moments: Any = {}

    @torch.no_grad()
    def apply_gradients(self, pairs: Any) -> None:
        """Step each variable along its gradient."""
        self.steps += 1
        for gradient, variable in pairs:
            if gradient is None:
                continue
            first, second = (variable.new_tensor(beta) ** self.steps for beta in (self.beta_1, self.beta_2))
            rate = self.learning_rate * torch.sqrt(1 - second) / (1 - first)  # rounded as the variable is
            zeros = torch.zeros_like(variable)
            m, v = self.moments.setdefault(variable, (zeros, zeros.clone()))
            m.add_((gradient - m) * (1 - self.beta_1))
            v.add_((torch.square(gradient) - v) * (1 - self.beta_2))
            variable.sub_(m * rate / (torch.sqrt(v) + self.epsilon))


class Tf_AdamW(Tf_Adam):
    """Adam, with weights that decay beside it."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: Any = 0.004,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon)
        self.weight_decay = weight_decay

    @torch.no_grad()
    def apply_gradients(self, pairs: Any) -> None:
        """Step each variable along its gradient."""
        pairs = [(gradient, variable) for gradient, variable in pairs if gradient is not None]
        for _, variable in pairs:
            variable.sub_(variable * self.weight_decay * self.learning_rate)
        super().apply_gradients(pairs)


class Tf_RMSprop:
    """RMSprop as Keras has it: epsilon is added before the root is taken."""

    def __init__(
        self, learning_rate: Any = 0.001, rho: Any = 0.9, momentum: Any = 0.0, epsilon: Any = 1e-7
    ) -> None:
        self.learning_rate, self.rho, self.momentum, self.epsilon = learning_rate, rho, momentum, epsilon
        self.squares: Any = {}
        self.steps: Any = {}

    @torch.no_grad()
    def apply_gradients(self, pairs: Any) -> None:
        """Step each variable along its gradient."""
        for gradient, variable in pairs:
            if gradient is None:
                continue
            before = self.squares.get(variable, torch.zeros_like(variable))
            squares = self.squares[variable] = self.rho * before + (1 - self.rho) * torch.square(gradient)
            step = self.learning_rate * gradient * torch.rsqrt(squares + self.epsilon)
            if self.momentum > 0:
                step = self.momentum * self.steps.get(variable, torch.zeros_like(variable)) + step
                self.steps[variable] = step
            variable.sub_(step)


class Tf_Adagrad:
    """Adagrad as Keras has it: epsilon is added before the root is taken, and the sums begin above 0."""

    def __init__(
        self, learning_rate: Any = 0.001, initial_accumulator_value: Any = 0.1, epsilon: Any = 1e-7
    ) -> None:
        self.learning_rate, self.initial, self.epsilon = learning_rate, initial_accumulator_value, epsilon
        self.sums: Any = {}

    @torch.no_grad()
    def apply_gradients(self, pairs: Any) -> None:
        """Step each variable along its gradient."""
        for gradient, variable in pairs:
            if gradient is None:
                continue
            before = self.sums.get(variable, torch.full_like(variable, self.initial))
            sums = self.sums[variable] = before + torch.square(gradient)
            variable.sub_(self.learning_rate * gradient / torch.sqrt(sums + self.epsilon))
