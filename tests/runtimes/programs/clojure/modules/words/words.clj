(ns words.words)

(defn text [] "from a module")
