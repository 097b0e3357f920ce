"""Slips of the pen in written losses, told apart from losses that look like them."""

import ast

import pytest

from gradcheck.paste.understanding.slips import is_slip


@pytest.mark.parametrize(
    "text",
    [
        "J = -y*np.log(a) + (1-y)*np.log(1-a)",
        "J = np.sum(-y*np.log(a) + (1-y)*np.log(1-a)) / m",
        "J = -np.mean(y*np.log(a) - (1-y)*np.log(1-a))",
        "J = (y*np.log(a) - (1.0-y)*np.log(1.0-a)).mean()",
        "J = -(1/m)*np.dot(y, np.log(a).T) + (1/m)*np.dot(1-y, np.log(1-a).T)",
        "cost += -t*math.log(o) + (1-t)*math.log(1-o)",
        "J = np.sum(y*np.log(a)) - np.sum((1-y)*np.log(1-a)) + lam*np.sum(W**2)",
    ],
)
def test_terms_of_opposite_signs_are_a_slip(text: str) -> None:
    assert is_slip(ast.parse(text).body[0])


@pytest.mark.parametrize(
    "text",
    [
        "J = -(y*np.log(a) + (1-y)*np.log(1-a))",
        "J = -y*np.log(a) - (1-y)*np.log(1-a)",
        "J = -y*np.log(a) + (y-1)*np.log(1-a)",
        "J = np.sum(-y*np.log(a) - (1-y)*np.log(1-a)) / m",
        "J = np.mean(y*np.log(a) + (1-y)*np.log(1-a))",
        "J = -(1/m)*(np.dot(y, np.log(a).T) + np.dot(1-y, np.log(1-a).T))",
        "J = np.mean(y*(np.log(y) - np.log(a)))",
        "J = np.log(a) - np.log(1 - b)",
        "J = -np.log(a) + (1-y)*a",
        "J = -(w*y*np.log(a) + (1-y)*np.log(1-a))",
    ],
)
def test_other_sums_of_logarithms_are_none(text: str) -> None:
    assert not is_slip(ast.parse(text).body[0])
