(require '["net" :as net])

(let [socket (net/connect 80 "192.0.2.1")]
  (.on socket "connect" (fn []
                          (println "connected")
                          (.destroy socket)))
  (.on socket "error" (fn [_] (println "no network"))))
