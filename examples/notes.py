"""Notes on tf.GradientTape, as a TensorFlow user wrote them: every cell, unchanged, one after the other.

Run it on torch with `tfcompat run examples/notes.py`, or with a real TensorFlow: the output is the same.
The plot goes to the current directory, or to the file named as the first argument.
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import tensorflow as tf

# --- f(x, y) = x^2 + xy at x = 3, y = 2 ---

x = tf.Variable(3.0)
y = tf.Variable(2.0)
with tf.GradientTape() as tape:
  f = x**2 + x*y
  [df_dx, df_dy] = tape.gradient(f, [x, y])
print(f'df/dx @ (x = {x.numpy()}, y = {y.numpy()}) => {df_dx.numpy()}')
print(f'df/dy @ (x = {x.numpy()}, y = {y.numpy()}) => {df_dy.numpy()}')

# --- one tape, several gradients; two targets give the sum of their gradients ---

x = tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
  f1 = x**2
  f2 = 1 / x
print(f"df1/dx @ x={x.numpy()} => {tape.gradient(f1, x).numpy()}")
print(f"df2/dx @ x={x.numpy()} => {tape.gradient(f2, x).numpy()}")
print(f"df1/dx + df2/dx @ x={x.numpy()} => {tape.gradient([f1, f2], x).numpy()}")

# --- a target that is not a scalar: the gradient of its sum ---

x = tf.Variable(2.0)
non_scalar = tf.constant([3.0, 4.0])
with tf.GradientTape() as tape:
  f = x * non_scalar
print(f"sum(df/dx) @ x = {x.numpy()} = {tape.gradient(f, x).numpy()}")

# --- independent elements: independent derivatives ---

x = tf.linspace(-10.0, 10.0, 200+1)
with tf.GradientTape() as tape:
	tape.watch(x)  
	y = tf.nn.sigmoid(x)
dy_dx = tape.gradient(y, x)
plt.plot(x, y)
plt.plot(x, dy_dx)

picture = sys.argv[1] if len(sys.argv) > 1 else "sigmoid-and-its-derivative.png"
plt.legend(["sigmoid", "its derivative"])
plt.savefig(picture)
print(f"the sigmoid and its derivative: {picture}")

# --- stop_recording: what is computed inside it is a constant to the tape ---

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
	y = x**2
	with tape.stop_recording():
		scale = 2 * y
	z = scale * x
print(f"dz/dx, with scale = {scale.numpy()} not recorded => {tape.gradient(z, x).numpy()}")

# --- stop_gradient: no gradient along one path ---

a, b = 2.0, 3.0
x = tf.Variable(a)
y = tf.Variable(b)
with tf.GradientTape() as tape:  
	y_sqrd = y**2  
	z = x**2 + tf.stop_gradient(y_sqrd)
gradients = tape.gradient(z, {'x': x, 'y': y})
print(f"dz/dx => {gradients['x'].numpy()}, dz/dy => {gradients['y']}")

# --- several tapes, watching constants ---

x0 = tf.constant(0.0)
x1 = tf.constant(0.0)
with tf.GradientTape() as tape0, tf.GradientTape() as tape1:
  tape0.watch(x0)
  tape1.watch(x1)
  ys = tf.math.sin(x0) + tf.nn.sigmoid(x1)
print(f"two tapes => {tape0.gradient(ys, x0).numpy()}, {tape1.gradient(ys, x1).numpy()}")

# --- Jacobians ---

x = tf.linspace(-10.0, 10.0, 200+1)
delta = tf.Variable(0.0)
with tf.GradientTape() as tape:
  y = tf.nn.sigmoid(x+delta)
 
dy_dx = tape.jacobian(y, delta)
print(f"jacobian with respect to delta: {dy_dx.shape}, in the middle {dy_dx[100].numpy()}")

# x is a constant that the tape was not told to watch
x = tf.linspace(-10.0, 10.0, 200+1)
with tf.GradientTape() as tape:
  y = tf.nn.sigmoid(x)
 
dy_dx = tape.jacobian(y, x)
print(f"jacobian with respect to x, which is not watched: {dy_dx}")

x = tf.linspace(-10.0, 10.0, 200+1)
with tf.GradientTape() as tape:
  tape.watch(x)
  y = tf.nn.sigmoid(x)
dy_dx = tape.jacobian(y, x)
diagonal = tf.linalg.diag_part(dy_dx)
print(f"jacobian with respect to x: {dy_dx.shape}, its diagonal: {diagonal.shape}, in the middle {diagonal[100].numpy()}")

# --- the Hessian: the gradient by an inner tape, its Jacobian by an outer one ---

x = tf.Variable([1.0, 2.0, 3.0])
with tf.GradientTape() as outer:
  with tf.GradientTape() as inner:
    y = tf.reduce_sum(x**3) + x[0] * x[1]
  gradient = inner.gradient(y, x)
print(f"hessian =>\n{outer.jacobian(gradient, x).numpy()}")

# --- many independent pairs of target and source ---

x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape() as tape:
  tape.watch(x)
  y = x**2
print(f"batch_jacobian =>\n{tape.batch_jacobian(y, x).numpy()}")
