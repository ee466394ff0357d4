"""Keras layers that differ from the library's in speed only."""

from typing import Any

from nas.model.runtime import keras, tf


class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's layer with TensorFlow's fused kernel in training; inputs are [n, h, w, c].

    Life cycle and weights are those of the parent, which also serves inference, so that the converter folds it
    into the convolution before.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if not training or len(inputs.shape) != 4:
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=[],
            variance=[],
            epsilon=self.epsilon,
            is_training=True,
        )
        self.moving_mean.assign(self.moving_mean * self.momentum + mean * (1 - self.momentum))
        self.moving_variance.assign(self.moving_variance * self.momentum + variance * (1 - self.momentum))
        return outputs
