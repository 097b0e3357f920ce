from gradcheck.api import assert_gradients as assert_gradients
from gradcheck.api import check as check

__version__: str
