"""Adam: gradient descent that remembers the mean and the spread of past gradients."""

from __future__ import annotations

from collections.abc import Sequence

from microgpt.value import Value


class Adam:
    """The optimiser of Kingma and Ba (2014), with bias correction.

    Parameters
    ----------
    parameters : sequence of Value
    learning_rate : float
        The rate of the first step; it falls linearly to 0.
    beta1, beta2 : float
        How much of the old mean of gradients, and of squared gradients, is kept at each step.
    epsilon : float
        Keeps the division by a tiny spread finite.

    Attributes
    ----------
    m, v : list of float
        Running means of each parameter's gradient and squared gradient.
    steps_done : int
    """

    def __init__(
        self,
        parameters: Sequence[Value],
        learning_rate: float = 0.01,
        beta1: float = 0.85,
        beta2: float = 0.99,
        epsilon: float = 1e-8,
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.m = [0.0] * len(parameters)
        self.v = [0.0] * len(parameters)
        self.steps_done = 0

    def update(self, total_steps: int) -> float:
        """Move every parameter against its gradient, and set the gradient back to 0.

        Parameters
        ----------
        total_steps : int
            The number of steps after which the learning rate is 0.

        Returns
        -------
        float
            The learning rate that was used.
        """
        m, v, beta1, beta2 = self.m, self.v, self.beta1, self.beta2
        learning_rate = self.learning_rate * (1 - self.steps_done / total_steps)
        self.steps_done += 1
        m_correction = 1 - beta1**self.steps_done
        v_correction = 1 - beta2**self.steps_done
        for i, p in enumerate(self.parameters):
            m[i] = beta1 * m[i] + (1 - beta1) * p.grad
            v[i] = beta2 * v[i] + (1 - beta2) * p.grad**2
            m_hat = m[i] / m_correction
            v_hat = v[i] / v_correction
            p.data -= learning_rate * m_hat / (v_hat**0.5 + self.epsilon)
            p.grad = 0
        return learning_rate
