import os

import numpy as np
import pytest

from tf_vmfvae.data.files.number_file import NumberFile


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "numbers"
    np.arange(1000, dtype="<i4").tofile(path)
    return path


@pytest.mark.parametrize(
    "piece", [slice(3), slice(990, 2000), slice(5, 5), slice(-4, None)]
)
def test_slices_are_those_of_an_array(file, piece):
    numbers = NumberFile(file)
    assert len(numbers) == 1000
    np.testing.assert_array_equal(numbers[piece], np.arange(1000)[piece])


def test_a_file_that_was_deleted_is_still_read(file):
    numbers = NumberFile(file)
    file.unlink()
    assert numbers[7:9].tolist() == [7, 8]


def test_a_file_that_was_cut_short_is_an_error(file):
    numbers = NumberFile(file)
    os.truncate(file, 40)
    with pytest.raises(OSError, match="numbers was cut short while it was read"):
        numbers[8:12]


def test_the_file_is_closed_with_the_last_reference(file):
    numbers = NumberFile(file)
    before = len(os.listdir("/proc/self/fd"))
    del numbers
    assert len(os.listdir("/proc/self/fd")) == before - 1
