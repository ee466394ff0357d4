"""The space `cnn_timeseries` in Keras, and the way to an int8 score, as a user would write them."""

import json
import os
import time
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers

BATCH_SIZE = 64
EPOCHS = 10
ACCURACY_WEIGHT = 0.99


def read_rows(path: str) -> dict[str, Any]:
    """Return `x_train`, `y_train`, `x_val`, `y_val`, scaled, as (1, time, channels)."""
    with np.load(path) as file:
        rows = dict(file)
    return {name: array[:, None] if name.startswith("x") else array for name, array in rows.items()}


def build(integer: Any, choice: Any, rows: dict[str, Any]) -> Any:
    """Return a compiled model; `trial.suggest_int` and `hp.Int` are called alike, and so are the choices."""
    x = inputs = keras.Input(rows["x_train"].shape[1:])
    for i in range(integer("conv.count", 1, 4)):
        kind = choice(f"conv.{i}.kind", ["plain", "separable"])
        filters = integer(f"conv.{i}.filters", 4, 32, step=4)
        kernel = min(choice(f"conv.{i}.kernel", [3, 5, 7, 9]), x.shape[2])
        sliding = {"strides": choice(f"conv.{i}.stride", [1, 2]), "padding": "same", "use_bias": False}
        if kind == "separable":
            x = normalized(layers.DepthwiseConv2D((1, kernel), **sliding)(x))
            x = normalized(layers.Conv2D(filters, 1, use_bias=False)(x))
        else:
            x = normalized(layers.Conv2D(filters, (1, kernel), **sliding)(x))
        if pools := integer(f"conv.{i}.pools", 0, 3):
            pool = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
            pooling = pool[choice(f"conv.{i}.pool", ["max", "average"])]
            for _ in range(pools):
                x = pooling((1, 2))(x) if x.shape[2] > 1 else x
    head = {"global_average": layers.GlobalAveragePooling2D, "flatten": layers.Flatten}
    x = head[choice("head.0.kind", ["global_average", "flatten"])]()(x)
    for i in range(integer("dense.count", 0, 2)):
        units = integer(f"dense.{i}.units", 8, 48, step=8)
        regularizer = choice(f"dense.{i}.regularizer", ["none", "dropout", "l2"])
        penalty = keras.regularizers.L2(choice(f"dense.{i}.l2", [1e-4, 1e-3])) if regularizer == "l2" else None
        x = layers.Dense(units, activation="relu", kernel_regularizer=penalty)(x)
        if regularizer == "dropout":
            x = layers.Dropout(choice(f"dense.{i}.dropout", [0.1, 0.2, 0.3, 0.5]))(x)
    model = keras.Model(inputs, layers.Dense(int(rows["y_train"].max()) + 1, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def normalized(x: Any) -> Any:
    return layers.ReLU()(layers.BatchNormalization()(x))


def convert(model: Any, rows: dict[str, Any]) -> bytes:
    """Return the model as a full int8 `.tflite`."""

    def representative_dataset() -> Iterator[list[Any]]:
        for row in rows["x_train"][::60]:
            yield [row[None]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def int8_accuracy(tflite: bytes, rows: dict[str, Any]) -> float:
    """Return the share of the validation rows that the int8 model labels right."""
    interpreter = Interpreter(model_content=tflite)
    interpreter.allocate_tensors()
    (source,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero_point = source["quantization"]
    quantized = np.clip(np.round(rows["x_val"] / scale) + zero_point, -128, 127).astype(np.int8)
    right = 0
    for row, label in zip(quantized, rows["y_val"], strict=True):
        interpreter.set_tensor(source["index"], row[None])
        interpreter.invoke()
        right += int(np.argmax(interpreter.get_tensor(out["index"])) == label)
    return right / len(quantized)


def tell(**facts: Any) -> None:
    """Print what became of a candidate, with the time, as a line of JSON."""
    print(json.dumps({"time": time.time(), **facts}), flush=True)
