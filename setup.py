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
    # Files that a TFDS builder or a corpus needs next to its code.
    package_data={"": ["*.txt", "*.md", "*.json", "*.tsv", "*.bib", "*.ini"]},
    python_requires=">=3.10,<3.14",
    # TensorFlow, tf-keras (which TFP imports) and tensorflow-text (which KerasHub
    # imports) move in step, so one minor version of TensorFlow is named. Keras 3.12
    # and KerasHub 0.25 are for Python 3.10; newer ones need 3.11.
    install_requires=[
        "absl-py>=2.1,<3",
        "gensim>=4.4,<5",
        "keras>=3.12,<4",
        "keras-hub>=0.25,<1",
        "matplotlib>=3.9,<4",
        "numpy>=1.26,<3",
        "scikit-learn>=1.5,<2",
        "scipy>=1.15,<2",
        "tensorboard>=2.20,<3",
        "tensorflow>=2.21,<2.22",
        "tensorflow-datasets>=4.9.9,<5",
        "tensorflow-probability[tf]>=0.25,<0.26",
        "tqdm>=4.66,<5",
    ],
    extras_require={
        # The site in docs/: make docs.
        "docs": [
            "furo>=2024.8,<2027",
            "myst-nb>=1.2,<2",
            "sphinx>=8.1,<10",
        ],
        "gpu": ["tensorflow[and-cuda]>=2.21,<2.22"],
        "test": [
            "mpmath>=1.3,<2",
            "packaging>=24",
            "pytest>=8.3,<10",
            "pytest-xdist>=3.6,<4",
            "PyYAML>=6,<7",
            "ruff>=0.14,<1",
        ],
    },
)
