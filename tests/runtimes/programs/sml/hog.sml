fun hog (kept, n) = if n < 0 then kept else hog (n :: kept, n + 1)

val kept = hog ([], 0)
