(ns größe)

(doseq [line (line-seq (java.io.BufferedReader. *in*))]
  (println line))
(println "größe" "漢字" "🦀" "ж")
