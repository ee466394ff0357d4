"""Models as ONNX: our int8 graph in QDQ form, operator by operator."""
