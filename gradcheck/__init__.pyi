from gradcheck.api import assert_gradients as assert_gradients
from gradcheck.api import check as check
from gradcheck.notebook import load_ipython_extension as load_ipython_extension

__version__: str
