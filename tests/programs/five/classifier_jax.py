"""A network that learns two half moons in mini-batches."""
import jax
import jax.numpy as jnp
import optax

keys = jax.random.split(jax.random.key(3), 6)
angle, labels = jnp.pi * jax.random.uniform(keys[0], (500,)), jnp.arange(500) % 2
upper = jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1)
lower = jnp.stack([1.0 - jnp.cos(angle), 0.5 - jnp.sin(angle)], 1)
x = jnp.where(labels[:, None] == 0, upper, lower) + 0.1 * jax.random.normal(keys[1], (500, 2))
glorot = jax.nn.initializers.glorot_uniform()
params = [(glorot(key, shape), jnp.zeros(shape[1])) for key, shape in zip(keys[2:5], [(2, 32), (32, 32), (32, 2)])]


def loss(params, x, labels):
    for w, b in params[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = params[-1]
    return optax.softmax_cross_entropy_with_integer_labels(x @ w + b, labels).mean()


adam = optax.adam(0.01)
state = adam.init(params)


@jax.jit
def step(params, state, x, labels):
    updates, state = adam.update(jax.grad(loss)(params, x, labels), state)
    return optax.apply_updates(params, updates), state


for epoch in range(30):
    for rows in jax.random.permutation(jax.random.fold_in(keys[5], epoch), 500).reshape(10, 50):
        params, state = step(params, state, x[rows], labels[rows])
print(f"{loss(params, x, labels):.3g}")
