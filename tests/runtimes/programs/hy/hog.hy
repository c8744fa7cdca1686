(setv kept [])
(while True
  (.append kept (* [1] 1000000)))
