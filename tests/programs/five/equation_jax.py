"""A network u with −u″ = π² sin πx and u = 0 at 0 and 1."""
import jax
import jax.numpy as jnp
import optax

jax.config.update("jax_enable_x64", True)
x = jnp.linspace(0.0, 1.0, 32)
glorot = jax.nn.initializers.glorot_uniform()
keys = jax.random.split(jax.random.key(4), 3)
params = [(glorot(key, shape), jnp.zeros(shape[1])) for key, shape in zip(keys, [(1, 24), (24, 24), (24, 1)])]


def u(params, t):
    h = t[None]
    for w, b in params[:-1]:
        h = jnp.tanh(h @ w + b)
    w, b = params[-1]
    return t * (1.0 - t) * (h @ w + b)[0]


def loss(params):
    curvature = jax.vmap(jax.grad(jax.grad(u, 1), 1), (None, 0))(params, x)
    return jnp.mean((curvature + jnp.pi**2 * jnp.sin(jnp.pi * x)) ** 2)


adam = optax.adam(0.01)
state = adam.init(params)


@jax.jit
def step(params, state):
    updates, state = adam.update(jax.grad(loss)(params), state)
    return optax.apply_updates(params, updates), state


for _ in range(500):
    params, state = step(params, state)
print(f"{jnp.max(jnp.abs(jax.vmap(u, (None, 0))(params, x) - jnp.sin(jnp.pi * x))):.3g}")
