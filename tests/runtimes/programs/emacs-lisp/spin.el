(let ((n 1))
  (while n
    (setq n (1+ (% (* n 3) 1000003)))))
