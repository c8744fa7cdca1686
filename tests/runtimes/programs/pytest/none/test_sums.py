import sums
