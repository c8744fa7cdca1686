(loop [kept []]
  (recur (conj kept (long-array 100000 7))))
