"""The three catalogues of gradcheck: ops, faults and reporters."""

from gradcheck.catalogue import Catalogue
from gradcheck.fault import Fault
from gradcheck.op import Op
from gradcheck.reporter import Reporter

OPS = Catalogue(package="gradcheck.ops", attribute="OP", kind=Op)
FAULTS = Catalogue(package="gradcheck.faults", attribute="FAULT", kind=Fault)
REPORTERS = Catalogue(package="gradcheck.reporters", attribute="REPORTER", kind=Reporter)
