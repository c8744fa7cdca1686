(ns library.sentence)

(defn sentence []
  "from a module")
