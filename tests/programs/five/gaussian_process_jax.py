"""The likelihood of a Gaussian process by three hyperparameters, and its minimum."""
import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jax.scipy.optimize import minimize

jax.config.update("jax_enable_x64", True)
x = jnp.linspace(0.0, 6.0, 40)
y = jnp.sin(x) + 0.1 * jax.random.normal(jax.random.key(2), (40,))


def loss(h):
    k = jnp.exp(h[0]) * jnp.exp(-0.5 * (x[:, None] - x) ** 2 / jnp.exp(h[1])) + jnp.exp(h[2]) * jnp.eye(40)
    l = jnp.linalg.cholesky(k)
    return 0.5 * jnp.sum(solve_triangular(l, y, lower=True) ** 2) + jnp.sum(jnp.log(jnp.diag(l)))


best = minimize(loss, jnp.array([0.0, 0.0, -3.0]), method="BFGS")
print(f"{jnp.max(jnp.abs(jax.grad(loss)(best.x))):.3g}")
