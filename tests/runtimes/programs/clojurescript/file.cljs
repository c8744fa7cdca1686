(require '["fs" :as fs])

(fs/writeFileSync "scratch.txt" "written and read")
(println (fs/readFileSync "scratch.txt" "utf8"))
