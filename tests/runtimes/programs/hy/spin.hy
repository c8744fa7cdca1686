(setv n 1)
(while n
  (setv n (+ (% (* n 3) 1000003) 1)))
