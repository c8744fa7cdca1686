(require '[clojure.string :as str])

(println
 (->> (line-seq (java.io.BufferedReader. *in*))
      (mapcat #(str/split % #" "))
      (remove str/blank?)
      (map parse-long)
      (reduce +)))
