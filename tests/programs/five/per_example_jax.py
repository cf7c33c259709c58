"""The gradient of a network's loss for each example by itself, cut back to norm 1 and averaged."""
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
keys = jax.random.split(jax.random.key(5), 3)
glorot = jax.nn.initializers.glorot_uniform()
params = [(glorot(keys[0], (3, 16)), jnp.zeros(16)), (glorot(keys[1], (16, 1)), jnp.zeros(1))]
x = jax.random.normal(keys[2], (64, 3))
y = jnp.sin(x[:, 0])


def loss(params, one, target):
    (w1, b1), (w2, b2) = params
    return ((jnp.tanh(one @ w1 + b1) @ w2 + b2)[0] - target) ** 2


each = jax.vmap(jax.grad(loss), (None, 0, 0))(params, x, y)
squares = sum(jnp.sum(g.reshape(64, -1) ** 2, 1) for g in jax.tree.leaves(each))
scale = jnp.minimum(1.0, 1.0 / jnp.sqrt(squares))
total = jax.tree.map(lambda g: jnp.tensordot(scale, g, 1) / 64, each)
print(f"{jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(total))):.3g}")
