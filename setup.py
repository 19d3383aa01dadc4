"""Installs the library tf_vmfvae and the programs in trainers/."""

import setuptools

setuptools.setup(
    name="tf-vmfvae",
    version="0.1.0",
    description="Text VAEs with spherical (von Mises-Fisher) codes, for TensorFlow",
    author="The tf_vmfvae authors",
    license="Apache-2.0",
    license_files=["LICENSE"],
    packages=setuptools.find_packages(
        include=["tf_vmfvae", "tf_vmfvae.*", "trainers", "trainers.*"]
    ),
    # Files that corpora and TFDS builders read from next to their code.
    package_data={"": ["*.txt", "*.md", "*.json", "*.tsv", "*.bib", "*.ini"]},
    entry_points={
        "console_scripts": [
            f"tf-vmfvae-{name} = trainers.{name}.__main__:main"
            for name in (
                "lm",
                "bow",
                "evaluate",
                "generate",
                "export",
                "reproduce",
            )
        ]
    },
    python_requires=">=3.10,<3.14",
    # Of tf-keras, which TFP imports, and tensorflow-text, which KerasHub imports, each
    # version needs one minor version of TensorFlow. Keras 3.12 and KerasHub 0.25 are
    # the last for Python 3.10.
    install_requires=[
        "absl-py>=2.1,<3",
        # The coherence of topics, which trainers.bow reports.
        "gensim>=4.4,<5",
        "keras>=3.12,<4",
        "keras-hub>=0.25,<1",
        # The figures of trainers.evaluate and of analysis.
        "matplotlib>=3.9,<4",
        "numpy>=1.26,<3",
        "requests>=2.32,<3",
        # Reading documents, clustering, and the classifiers of evaluations.
        "scikit-learn>=1.5,<2",
        "scipy>=1.15,<2",
        "tensorboard>=2.20,<3",
        "tensorflow>=2.21,<2.22",
        "tensorflow-datasets>=4.9.9,<5",
        "tensorflow-probability[tf]>=0.25,<0.26",
        "tqdm>=4.66,<5",
        "wrapt>=1.14,<3",
    ],
    extras_require={
        # make docs
        "docs": [
            "furo>=2024.8,<2027",
            "myst-nb>=1.2,<2",
            "pyLDAvis>=3.4.1,<3.5",
            "sphinx>=8.1,<10",
        ],
        # NVIDIA's libraries, for the graphics cards that TensorFlow supports.
        "gpu": ["tensorflow[and-cuda]>=2.21,<2.22"],
        # The web page of topics, topics.html.
        "pages": ["pyLDAvis>=3.4.1,<3.5"],
        # make test
        "test": [
            # TFDS's own tests of builders need it.
            "dill>=0.3.8,<1",
            "mpmath>=1.3,<2",
            "packaging>=24",
            "pyLDAvis>=3.4.1,<3.5",
            "pytest>=8.3,<10",
            "pytest-xdist>=3.6,<4",
            "PyYAML>=6,<7",
            "ruff>=0.14,<1",
        ],
    },
)
