(ns main
  (:require [library.sentence :refer [sentence]]))

(println (sentence))
