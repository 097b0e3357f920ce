"""Backprop of a small classifier, as someone might have written it for their own training."""

import numpy as np


def backward(params, inputs, targets):
    """Return the gradient of the mean cross-entropy with respect to each parameter."""
    x, labels = inputs["x"], targets["y"].astype(int)
    hidden = np.tanh(x @ params["hidden.weight"] + params["hidden.bias"])
    scores = hidden @ params["scores.weight"] + params["scores.bias"]

    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    d_hidden = delta @ params["scores.weight"].T * (1 - hidden**2)
    return {
        "scores.weight": hidden.T @ delta,
        "scores.bias": delta.sum(axis=0),
        "hidden.weight": x.T @ d_hidden,
        "hidden.bias": d_hidden.sum(axis=0),
    }
