"""The benchmarks: measurements beside what they are to stay within."""
