(require '["fs" :as fs])

(js/process.stdout.write (fs/readFileSync 0 "utf8"))
(println "größe 漢字 🦀 ж")
