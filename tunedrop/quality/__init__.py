"""What a dataset is worth: duplicates, personal data, secrets, labels, coverage, measured at once.

The modules work on blocks of records as arrays: a block's texts become one run of bytes, its
words one array of hashes, and each check is a few passes over those arrays. Only what looks
suspicious there is looked at as text.
"""
