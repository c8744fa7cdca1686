(ns main
  (:require [words.words :as words]))

(println (words/text))
