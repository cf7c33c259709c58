"""Logistic regression by Newton's method."""
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
k1, k2 = jax.random.split(jax.random.key(1))
x, truth = jax.random.normal(k1, (400, 4)), jnp.array([1.5, -2.0, 0.5, 0.3])
y = jax.random.uniform(k2, (400,)) < jax.nn.sigmoid(x @ truth)


def loss(w):
    z = x @ w
    return jnp.mean(jnp.logaddexp(0.0, z) - y * z)


w = jnp.zeros(4)
for step in range(8):
    w -= jnp.linalg.solve(jax.hessian(loss)(w), jax.grad(loss)(w))
print(f"{jnp.linalg.norm(jax.grad(loss)(w)):.3g}")
