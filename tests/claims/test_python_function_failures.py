"""Each way in which a user's function can fail, and how that is told."""

import os
import pickle
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from gradcheck.claims.python_function import Answer, Call, CallError, PythonFunction
from gradcheck.errors import ClaimError


@pytest.fixture
def failure(function: PythonFunction, call: Callable[..., Call]) -> Callable[[str], str]:
    def fail(case: str) -> str:
        with pytest.raises(CallError) as caught:
            function.answers([call("right"), call(case), call("right")])
        assert caught.value.index == 1
        assert isinstance(caught.value, ClaimError)
        return str(caught.value)

    return fail


def refusal(folder: Path, target: str, timeout: float = 30) -> str:
    with pytest.raises(ClaimError) as caught, PythonFunction(target, folder, timeout):
        pass
    return str(caught.value)


def written(folder: Path, source: str) -> Path:
    (folder / "grad.py").write_text(textwrap.dedent(source))
    return folder


def test_an_exception_is_told_with_the_users_frames_alone(
    folder: Path, failure: Callable[[str], str]
) -> None:
    lines = (folder / "code" / "grad.py").read_text().splitlines()
    backward = lines.index("    return globals()[case](params, inputs, targets)") + 1
    nested = lines.index("    return invert(np.zeros((3, 3)))") + 1
    assert failure("nested") == (
        "code/grad.py:backward raised numpy.linalg.LinAlgError: Singular matrix\n"
        f"  code/grad.py:{backward}, in backward\n"
        "    return globals()[case](params, inputs, targets)\n"
        f"  code/grad.py:{nested}, in nested\n"
        "    return invert(np.zeros((3, 3)))\n"
        "  code/beside.py:6, in invert\n"
        "    return np.linalg.inv(matrix)"
    )


def test_of_an_endless_recursion_the_ends_are_told(failure: Callable[[str], str]) -> None:
    message = failure("recursive")
    assert "raised RecursionError: maximum recursion depth exceeded" in message
    assert " more calls ..." in message
    assert message.count("\n") < 20


def test_sys_exit_is_told_with_its_place(failure: Callable[[str], str]) -> None:
    message = failure("leave")
    assert "code/grad.py:backward called sys.exit(2) instead of returning gradients" in message
    assert message.endswith("in leave\n    sys.exit(2)")


def test_an_exception_that_cannot_be_printed_is_survived(failure: Callable[[str], str]) -> None:
    assert "Silent: <exception str() failed>" in failure("odd_error")


def test_an_endless_exception_is_cut(failure: Callable[[str], str]) -> None:
    assert len(failure("long_error")) < 2000


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("nothing", "or (loss, {parameter: gradient}). Is a `return` missing?"),
        (
            "array",
            "returned an object of type numpy.ndarray; expected {parameter: gradient}, or (loss,",
        ),
        ("two_dicts", "returned a tuple of (dict, dict); expected {parameter: gradient}"),
        ("three", "returned a tuple of (float, dict, str); expected"),
        (
            "integer_keys",
            "returned a dict with the key 3 of type int; expected the names of parameters",
        ),
        (
            "text",
            "returned the gradient 'w' of type str with elements of type <U4; expected",
        ),
        (
            "complex_numbers",
            "returned the gradient 'w' of type numpy.ndarray with elements of type complex128",
        ),
        ("booleans", "returned the gradient 'w' of type numpy.ndarray with elements of type bool"),
        ("objects", "returned the gradient 'w' of type numpy.ndarray with elements of type object"),
        ("ragged", "the gradient 'w' of type list, which NumPy can't read as an array: ValueError"),
        (
            "tensor",
            "grad.Tensor, which NumPy can't read as an array: RuntimeError: call detach() first",
        ),
        ("many_losses", "returned a loss of shape (5, 2); expected one number, a sum or a mean"),
        ("complex_loss", "returned the loss of type complex with elements of type complex128"),
    ],
)
def test_output_of_a_wrong_type_is_told(
    case: str, message: str, failure: Callable[[str], str]
) -> None:
    told = failure(case)
    assert told.startswith("code/grad.py:backward returned ")
    assert message in told


def test_after_a_crash_a_new_process_answers(
    answer: Callable[[str], Answer], failure: Callable[[str], str]
) -> None:
    before = answer("process").loss
    assert answer("process").loss == before
    assert "was ended by SIGSEGV (Segmentation fault)" in failure("segfault")
    after = answer("process").loss
    assert after is not None
    assert after not in (None, before, os.getpid())


def test_a_hard_exit_is_told_with_its_code(failure: Callable[[str], str]) -> None:
    message = failure("exit_hard")
    assert message == (
        "code/grad.py:backward ended its process with exit code 3 before it answered"
    )


def test_a_hanging_function_is_told_with_its_limit(folder: Path, call: Callable[..., Call]) -> None:
    hanging = PythonFunction("code/grad.py:hang", folder, 1.0)
    with hanging, pytest.raises(CallError) as caught:
        hanging.answers([call()])
    assert caught.value.index == 0
    assert str(caught.value) == ("code/grad.py:hang took longer than 1 s, its timeout")


def test_a_call_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(CallError("f raised", 3)))
    assert (str(error), error.index) == ("f raised", 3)


def test_a_function_with_other_arguments_is_told(folder: Path, call: Callable[..., Call]) -> None:
    few = PythonFunction("code/grad.py:few", folder, 30)
    with few, pytest.raises(CallError) as caught:
        few.answers([call()])
    assert str(caught.value) == (
        "code/grad.py:few can't be called as f(params, inputs, targets): "
        "TypeError: few() takes 2 positional arguments but 3 were given"
    )


@pytest.mark.parametrize(
    "target", ["grad.py", "grad:", ":f", "grad.py:f()", "grad.ipynb:f", "code/grad:f", "a b:f", ""]
)
def test_a_target_of_another_form_is_told(folder: Path, target: str) -> None:
    message = refusal(folder, target)
    assert message == (
        f"expected 'file.py:function' or 'package.module:function', but found {target!r}"
    )


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "code/grads.py:f",
            "there is no file 'code/grads.py' in {folder}; did you mean 'grad.py'?",
        ),
        ("nowhere/f.py:f", "there is no file 'nowhere/f.py' in {folder}"),
    ],
)
def test_a_missing_file_is_told_with_the_nearest(folder: Path, target: str, message: str) -> None:
    assert refusal(folder, target) == message.format(folder=repr(str(folder)))


@pytest.mark.parametrize(
    ("target", "start", "end"),
    [
        (
            "code/grad.py:bakward",
            "code/grad.py has no 'bakward'; did you mean 'backward'? It ",
            ", ...",
        ),
        ("code/grad.py:zzz", "code/grad.py has no 'zzz'; it defines Net, ", ", ..."),
        ("package.grads:Net.bakward", "package.grads:Net has no 'bakward'", "It defines backward"),
        ("package:f", "package has no 'f'", "it defines no function"),
        ("code/grad.py:Net.size", "code/grad.py:Net.size must be a function", "is of type int"),
        ("no.such:f", "there is no module 'no'", "the Python that runs gradcheck"),
        ("package.no:f", "there is no module 'package.no'", "the Python that runs gradcheck"),
    ],
)
def test_a_name_that_is_not_there_is_told(folder: Path, target: str, start: str, end: str) -> None:
    message = refusal(folder, target)
    assert message.startswith(start)
    assert message.endswith(end)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "import numpy\nimport torchy\n",
            (
                "grad.py can't be imported: ModuleNotFoundError: No module named 'torchy'\n"
                "  grad.py:2, in <module>\n    import torchy\n"
                "modules are looked for in the config's folder and in gradcheck's own Python"
            ),
        ),
        (
            "x = 1\ny = x / 0\n",
            (
                "grad.py can't be imported: ZeroDivisionError: division by zero\n"
                "  grad.py:2, in <module>\n    y = x / 0"
            ),
        ),
        (
            "import sys\nsys.exit('bye')\n",
            (
                "grad.py called sys.exit('bye') while it was imported; "
                "put what is not for import under `if __name__ == '__main__':`\n"
                "  grad.py:2, in <module>\n    sys.exit('bye')"
            ),
        ),
    ],
)
def test_a_failing_import_is_told(tmp_path: Path, source: str, message: str) -> None:
    assert refusal(written(tmp_path, source), "grad.py:f") == message


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, "def f(:\n"), "grad.py:f")
    assert message.startswith("grad.py can't be imported:")
    assert 'grad.py", line 1\n    def f(:' in message
    assert message.endswith("SyntaxError: invalid syntax")


def test_a_hanging_import_is_told(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, "while True: pass\n"), "grad.py:f", timeout=0.4)
    assert message == ("importing grad.py took longer than 0.4 s, its timeout")
