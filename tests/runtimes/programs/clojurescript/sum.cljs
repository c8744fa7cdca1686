(require '["fs" :as fs] '[clojure.string :as str])

(println (reduce + (map parse-long (str/split (str/trim (fs/readFileSync 0 "utf8")) #"\s+"))))
