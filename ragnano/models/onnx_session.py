"""Opens an ONNX file on the CPU: with little memory, without busy waiting and with float32 arithmetic."""

from pathlib import Path
from typing import Any


def open_session(path: Path, threads: int) -> Any:
    """Returns an onnxruntime session that computes with `threads` threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena never frees the peak of the largest batch
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # 8-bit weights are converted to float32 once, on opening; otherwise inputs would be rounded to 8 bits, too.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.log_severity_level = 3  # errors only
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
