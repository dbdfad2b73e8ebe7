"""Tests of reading notes; a package, so that its file names may also be used elsewhere among the tests."""
