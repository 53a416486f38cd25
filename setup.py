"""Compiled parts of w2v and their flags; everything else is in pyproject.toml.

``W2V_DEBUG=1 pip install .`` builds with bounds checks, assertions and the
address and undefined-behavior sanitizers; ``W2V_DEBUG=thread`` with the thread
sanitizer; ``W2V_DEBUG=fuzz CC=clang`` with the address sanitizer and what a fuzzer
has to know about branches taken. ``.ci/sanitizers`` shows how to run them.

For tests only: ``W2V_EMULATE=tiles`` compiles the kernel ``amx`` with its matrix tiles emulated, so
that it runs, slowly, wherever AVX512-BF16 is; ``W2V_EMULATE=avx512`` (GCC 11) emulates AVX-512
too, so that all kernels run wherever AVX2 is. ``.ci/emulated`` and ``.ci/sanitizers`` do so.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

DEBUG = os.environ.get("W2V_DEBUG", "")
EMULATE = os.environ.get("W2V_EMULATE", "")

# No -ffast-math: before GCC 13 it makes the whole host process flush denormals.
# No -march: each kernel names its own instruction set and one is chosen at run time.
RELEASE_FLAGS = [
    "-O3",
    "-g0",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
]
# Left out for the kernels are checks that double the time to compile them; the address sanitizer
# sees most of what null and object-size would, and nothing sees what pointer-overflow would.
UNDEFINED = "-fno-sanitize=null,object-size,pointer-overflow"
SANITIZERS = {"1": "address,undefined", "thread": "thread", "fuzz": "address,fuzzer-no-link"}
if DEBUG and DEBUG not in SANITIZERS:
    raise SystemExit(f"W2V_DEBUG={DEBUG}: set it to one of {', '.join(SANITIZERS)}, or not at all")
EMULATED = {"": [], "tiles": ["TILES"], "avx512": ["TILES", "AVX512"]}
if EMULATE not in EMULATED:
    raise SystemExit(f"W2V_EMULATE={EMULATE}: set it to tiles or avx512, or not at all")
DEBUG_FLAGS = ["-O1", "-g", "-fno-omit-frame-pointer", f"-fsanitize={SANITIZERS.get(DEBUG, '')}"]
FLAGS = DEBUG_FLAGS if DEBUG else RELEASE_FLAGS
if EMULATE == "avx512":
    # With -O3 GCC takes minutes for vectors wider than registers. All that passes them is inlined.
    FLAGS = [*FLAGS, "-O1", "-Wno-psabi"]


def extension(name: str, *sources: str) -> Extension:
    """One compiled module: its .pyx and the C files it calls."""
    folder = Path(sources[0]).parent
    unchecked = [UNDEFINED] if DEBUG == "1" and len(sources) > 1 else []
    return Extension(
        name,
        list(sources),
        include_dirs=[str(folder), "w2v/text"],  # whose scanners others build on
        depends=sorted(str(file) for end in ("h", "pxd") for file in Path("w2v").rglob(f"*.{end}")),
        extra_compile_args=[*FLAGS, *unchecked],
        extra_link_args=DEBUG_FLAGS if DEBUG else [],
        define_macros=[(f"W2V_EMULATE_{what}", None) for what in EMULATED[EMULATE]],
        libraries=["m"],
    )


class BuildOnAllProcessors(build_ext):
    """Modules side by side, and the kernels, most of the work, side by side within theirs."""

    def finalize_options(self) -> None:
        """Use all processors unless told otherwise (``build_ext -j``)."""
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def build_extension(self, ext: Extension) -> None:
        """Compile the sources of one module, and leave the rest to setuptools."""

        def compiled(source: str) -> str:
            (path,) = self.compiler.compile(
                [source],
                output_dir=self.build_temp,
                macros=ext.define_macros,
                include_dirs=ext.include_dirs,
                extra_postargs=ext.extra_compile_args,
                depends=ext.depends,
            )
            return path

        with ThreadPoolExecutor(self.parallel) as pool:
            ext.extra_objects = list(pool.map(compiled, ext.sources))
        ext.sources = []
        super().build_extension(ext)


EXTENSIONS = [
    extension("w2v._core", "w2v/_core.pyx", *sorted(map(str, Path("w2v/kernels").glob("*.c")))),
    extension("w2v._screen", "w2v/_screen.pyx"),
    extension("w2v.formats._records", "w2v/formats/_records.pyx"),
    extension("w2v.formats._read_lines", "w2v/formats/_read_lines.pyx"),
    extension("w2v.formats._write_lines", "w2v/formats/_write_lines.pyx"),
    extension("w2v.text._scan", "w2v/text/_scan.pyx"),
    extension("w2v.text._words", "w2v/text/_words.pyx"),
    extension("w2v.text._phrases", "w2v/text/_phrases.pyx"),
    extension("w2v.text._rows", "w2v/text/_rows.pyx"),
    extension("w2v.graph._edges", "w2v/graph/_edges.pyx"),
    extension("w2v.graph._links", "w2v/graph/_links.pyx"),
    extension("w2v.graph._walks", "w2v/graph/_walks.pyx"),
    extension("w2v.training._huffman", "w2v/training/_huffman.pyx"),
]

setup(
    cmdclass={"build_ext": BuildOnAllProcessors},
    ext_modules=cythonize(
        EXTENSIONS,
        compiler_directives={
            "language_level": 3,
            "boundscheck": bool(DEBUG),
            "wraparound": False,
            "initializedcheck": bool(DEBUG),
            "cdivision": True,
            "embedsignature": True,
            "freethreading_compatible": True,
        },
    ),
)
